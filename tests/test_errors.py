from shared.errors import Problem, Refused, UserError


def test_a_problem_says_where_what_and_what_to_do() -> None:
    assert str(Problem(what="it is wrong")) == "it is wrong"
    assert str(Problem(what="it is wrong", where="x:1")) == "x:1: it is wrong"
    assert str(Problem(what="it is wrong", where="x:1", remedy="mend it")) == "x:1: it is wrong\n    mend it"


def test_an_error_may_be_one_sentence() -> None:
    error = UserError("it is wrong", remedy="mend it")
    assert error.problems == (Problem(what="it is wrong", remedy="mend it"),)


def test_an_error_holds_every_problem() -> None:
    problems = [Problem(what="one"), Problem(what="two", remedy="mend it")]
    assert UserError(problems).problems == tuple(problems)
    assert str(UserError(problems)) == "one\ntwo\n    mend it"
    assert UserError(problems[0]).problems == (problems[0],)


def test_a_refusal_is_an_error_of_the_users() -> None:
    assert isinstance(Refused("no"), UserError)
