"""C7, C8: the function replays documented events, moves the name once, and says why when it does not."""

import pytest
from botocore.exceptions import ClientError

from modules.lambdas.cutover import state
from modules.lambdas.cutover.errors import ChangedMeanwhile, InputRefused
from modules.lambdas.cutover.state import OPERATORS
from tests.events import ALARM_OK, TASK_STARTED, TASK_STOPPED
from tests.modules.lambdas.cutover.scene import (
    EVENTS,
    LEADS_TO,
    REGION,
    REVERSE,
    SIDES,
    STATE,
    person,
)


def test_a_person_moves_the_name_when_everything_is_drained(scene, invoke):
    before = scene.version
    answer = invoke(person("cutover"))
    assert (answer["done"], answer["everywhere"], answer["reasons"]) == (True, True, ())
    assert scene.weights == (0, 100)
    assert (scene.state["stage"], scene.state["by"]) == ("moved", "Ada")
    assert scene.version == before + 2, "that it begins, and that it is done"
    assert len(scene.told()) == 1


def test_what_operators_noted_stays(scene, invoke):
    scene.put(STATE, {**scene.drained(), "connect_on_premises": [["PUBLIC", False]]})
    assert invoke(person("cutover"))["done"]
    assert (scene.state["stage"], scene.state["connect_on_premises"]) == ("moved", [["PUBLIC", False]])


@pytest.mark.parametrize("stage", OPERATORS)
def test_from_what_operators_note_nothing_moves(scene, invoke, stage):
    scene.put(STATE, scene.drained(stage))
    answer = invoke(EVENTS["task"])
    assert (answer["go"], answer["done"], scene.weights) == ("nothing", False, (100, 0))
    assert scene.state["stage"] == stage


def test_one_batch_changes_the_weights_and_nothing_else(scene, invoke):
    invoke(person("cutover"))
    calls = scene.world.called("route53", "us-east-1")
    assert calls.count("ChangeResourceRecordSets") == 1
    for side, identifier in SIDES.items():
        record = scene.records[identifier]
        assert record["TTL"] == 60
        assert record["ResourceRecords"] == [{"Value": LEADS_TO[side]}]


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_with_approval_an_event_asks_a_person(scene, invoke, event):
    answer = invoke(event)
    assert (answer["go"], answer["done"]) == ("ask", False)
    assert scene.weights == (100, 0)
    assert scene.state["stage"] == "drained"
    (said,) = scene.told()
    assert said.endswith("cutover ready, waits for approval")


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_automated_an_event_moves_the_name(scene, invoke, event):
    scene.set_limits(mode="automated")
    assert invoke(event)["done"] is True
    assert scene.weights == (0, 100)
    assert scene.state["stage"] == "moved"


def test_the_same_event_twice_does_the_same_once(scene, invoke):
    scene.set_limits(mode="automated")
    invoke(TASK_STOPPED)
    version, calls = (
        scene.version,
        scene.world.called("route53", "us-east-1").count("ChangeResourceRecordSets"),
    )
    scene.told()
    again = invoke(TASK_STOPPED)
    assert (again["go"], again["why"]) == ("nothing", "it is done already: moved")
    assert scene.version == version
    assert scene.world.called("route53", "us-east-1").count("ChangeResourceRecordSets") == calls
    assert scene.told() == []


def test_what_was_stopped_after_its_note_is_finished(scene, invoke):
    scene.put(STATE, scene.drained("moving"))
    assert invoke(person("cutover"))["why"] == "resumed: Ada"
    assert scene.weights == (0, 100)
    assert scene.state["stage"] == "moved"


@pytest.mark.parametrize("mode", ["approval", "automated"])
def test_an_event_does_not_go_on_with_a_move_that_was_stopped(scene, invoke, mode):
    scene.set_limits(mode=mode)
    scene.put(STATE, scene.drained("moving"))
    answer = invoke(TASK_STOPPED)
    assert (answer["go"], scene.weights, scene.state["stage"]) == ("tell", (100, 0), "moving")
    assert "a person goes on with it" in answer["reasons"][0]
    assert len(scene.told()) == 1


def test_what_was_stopped_after_the_deed_is_noted(scene, invoke):
    scene.put(STATE, scene.drained("moving"))
    scene.set_weights(0, 100)
    answer = invoke(TASK_STOPPED)
    assert (answer["go"], answer["done"]) == ("confirm", True)
    assert scene.state["stage"] == "moved"
    assert "ChangeResourceRecordSets" not in scene.world.called("route53", "us-east-1")


def test_a_batch_that_route_53_refuses_leaves_everything_to_the_next_attempt(scene, invoke):
    scene.world.refuses("route53", "us-east-1", "ChangeResourceRecordSets", "PriorRequestNotComplete")
    with pytest.raises(ClientError):
        invoke(person("cutover"))
    assert scene.weights == (100, 0)
    assert scene.state["stage"] == "moving"
    assert invoke(person("cutover"))["done"] is True


def test_a_change_that_takes_its_time_is_waited_for_and_told(scene, invoke):
    pending = {"ChangeInfo": {"Id": "/change/1", "Status": "PENDING"}}
    scene.world.says("route53", "us-east-1", "GetChange", *[pending] * 2)
    assert invoke(person("cutover"))["everywhere"] is True
    assert scene.world.called("route53", "us-east-1").count("GetChange") == 3


def test_a_change_that_is_nowhere_yet_is_told(scene, invoke):
    pending = {"ChangeInfo": {"Id": "/change/1", "Status": "PENDING"}}
    scene.world.says("route53", "us-east-1", "GetChange", *[pending] * 40)
    answer = invoke(person("cutover"))
    assert (answer["done"], answer["everywhere"]) == (True, False)


def test_events_before_anything_was_drained_move_nothing_and_tell_nobody(scene, invoke):
    scene.set_limits(mode="automated")
    scene.put(STATE, {"stage": "replicating"})
    for event in (TASK_STARTED, TASK_STOPPED, ALARM_OK):
        answer = invoke(event)
        assert (answer["go"], answer["reasons"]) == ("nothing", ("the state is replicating, not drained",))
    assert scene.weights == (100, 0)
    assert scene.told() == []


def test_whoever_waits_is_told_what_is_against_it(scene, invoke):
    scene.set_limits(mode="automated")
    scene.latencies["cdclatencysource"] = [9.0, 1.0, 1.0]
    answer = invoke(TASK_STOPPED)
    assert (answer["go"], answer["reasons"]) == ("tell", ("the latency was 11 s, above 5 s",))
    assert scene.told()[0].endswith("cutover refused")
    assert scene.weights == (100, 0)
    assert scene.state["stage"] == "drained"


@pytest.mark.parametrize(
    "event",
    [
        {**TASK_STOPPED, "resources": [REVERSE]},
        {**TASK_STOPPED, "resources": None},
        {**ALARM_OK, "detail": {**ALARM_OK["detail"], "alarmName": "alarm-of-somebody"}},
        {**ALARM_OK, "detail": {**ALARM_OK["detail"], "state": {"value": "ALARM"}}},
        {**ALARM_OK, "detail": {**ALARM_OK["detail"], "state": None}},
        {**ALARM_OK, "detail": None},
    ],
)
def test_an_event_about_something_else_asks_for_nothing(scene, invoke, event):
    assert invoke(event)["go"] == "nothing"
    assert scene.world.calls == []


def test_the_way_back(scene, invoke):
    scene.set_weights(0, 100)
    scene.put(STATE, scene.drained("drained-back"))
    scene.forward = {"Status": "stopped", "percent": 100}
    assert invoke(person("rollback", "Grace"))["done"] is True
    assert scene.weights == (100, 0)
    assert (scene.state["stage"], scene.state["by"]) == ("returned", "Grace")


def test_no_way_back_while_aurora_is_still_written_to(scene, invoke):
    scene.set_weights(0, 100)
    scene.put(STATE, scene.drained("moved"))
    answer = invoke(person("rollback"))
    assert (answer["done"], answer["reasons"]) == (False, ("the state is moved, not drained-back",))
    assert scene.weights == (0, 100)


def test_an_assessment_changes_nothing_and_counts(scene, invoke):
    scene.put(STATE, {"stage": "replicating"})
    scene.forward, scene.reverse = {"Status": "running", "percent": 100}, {"Status": "ready"}
    assert invoke({"action": "assess"}) == {
        "ready": True,
        "reasons": [],
        "stage": "replicating",
        "weights": {"on_premises": 100, "aurora": 0},
        "forward": "running",
        "reverse": "ready",
        "tables": 1,
    }
    scene.tables[0]["ValidationState"] = "Mismatched records"
    found = invoke({"action": "assess", "by": "Ada"})
    assert found["ready"] is False
    assert found["reasons"] == ["public.payments: Table completed, Mismatched records"]
    assert scene.told() == []


def test_a_task_that_does_not_exist_is_missing(scene, invoke):
    scene.forward, scene.reverse = {}, {}
    reasons = invoke(person("cutover"))["reasons"]
    assert "the forward task is missing" in reasons
    assert "the reverse task is missing: there would be no way back without loss" in reasons
    scene.world.answers.clear()
    scene.world.refuses("dms", REGION, "DescribeReplicationTasks", "ResourceNotFoundFault")
    scene.forward = {"Status": "stopped", "percent": 100}
    assert "the forward task is missing" in invoke(person("cutover"))["reasons"]


def test_an_alarm_that_is_going_off_is_a_reason(scene, invoke):
    scene.world.says(
        "cloudwatch",
        REGION,
        "DescribeAlarms",
        {"MetricAlarms": [{"AlarmName": "alarm-lag-source-db1234", "StateValue": "ALARM"}]},
    )
    assert invoke(person("cutover"))["reasons"] == ("the alarm alarm-lag-source-db1234 is in ALARM",)


def test_somebody_who_wrote_the_state_meanwhile_goes_on_and_not_we(scene, invoke):
    ssm = scene.world
    real = {"Parameter": {"Value": '{"stage": "drained"}', "Version": 7, "Name": STATE}}
    # the configuration and the state are read as ever, and then another version is there
    ssm.says("ssm", REGION, "GetParameter", None, None, real)
    with pytest.raises(ChangedMeanwhile, match="has version 7"):
        invoke(person("cutover"))
    assert scene.weights == (100, 0)


def test_whoever_came_in_between_goes_on_and_their_note_stands_again(scene, invoke, monkeypatch):
    read, looks = state.value_of, []

    def beside(parameter, region):
        found = read(parameter, region)
        looks.append(parameter)
        if looks.count(STATE) == 2:
            scene.put(STATE, scene.drained("unwinding"))
            looks.append(STATE)
        return found

    monkeypatch.setattr(state, "value_of", beside)
    with pytest.raises(ChangedMeanwhile, match="was to be written"):
        invoke(person("cutover"))
    assert (scene.weights, scene.state["stage"]) == ((100, 0), "unwinding")


def test_a_note_that_was_put_again_because_its_answer_was_lost_is_ours(scene, invoke, monkeypatch):
    put = state._put
    monkeypatch.setattr(state, "_put", lambda *given: (put(*given), put(*given))[1])
    assert invoke(person("cutover"))["done"] is True
    assert scene.weights == (0, 100)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda s: s.put(STATE, "{"), "the state is not JSON"),
        (lambda s: s.put(STATE, {"stage": "somewhere"}), "the state has no stage of replicating"),
        (lambda s: s.put(STATE, {"stage": "drained", "at": 3}), "the state's `at` is no time: 3"),
        (lambda s: s.put(STATE, {"stage": "drained", "at": "2026-01-01"}), "has no time zone"),
        (lambda s: s.put("/migration/db1234/config", "["), "the configuration is not JSON"),
        (lambda s: s.put("/migration/db1234/config", "[]"), "the configuration is not an object"),
        (lambda s: s.set_limits(mode="perhaps"), "mode is 'perhaps', none of approval, automated"),
        (lambda s: s.set_limits(lag_limit_seconds=True), "lag_limit_seconds is True, no whole number"),
        (lambda s: s.set_limits(speed=1), "the configuration has speed, which means nothing"),
        (
            lambda s: s.put("/migration/db1234/config", {"mode": "approval"}),
            "the configuration has no lag_limit_seconds",
        ),
        (
            lambda s: s.world.aws.client("ssm").delete_parameter(Name=STATE),
            f"there is no parameter {STATE}",
        ),
    ],
)
def test_parameters_that_cannot_be_understood_are_refused(scene, invoke, change, expected):
    change(scene)
    with pytest.raises(InputRefused) as refused:
        invoke(person("cutover"))
    assert expected in str(refused.value)
    assert scene.weights == (100, 0)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ([], "the event is no object"),
        ({}, "action is None, none of assess, cutover, rollback"),
        ({"action": "cutover"}, "by is missing: who says so?"),
        ({"action": "cutover", "by": "   "}, "by is missing: who says so?"),
        ({"action": "cutover", "by": 7}, "by is no text"),
        ({"action": "rollback", "by": "A" * 257}, "by is no text of at most 256"),
        ({"action": "cutover", "by": "Ada", "force": True}, "force: there is no such key"),
        ({"source": "aws.dms", "detail-type": "Something Else"}, "source: there is no such key"),
    ],
)
def test_an_event_that_is_none_of_the_known_is_refused(scene, invoke, event, expected):
    with pytest.raises(InputRefused) as refused:
        invoke(event)
    assert expected in str(refused.value)
    assert scene.world.calls == []


def test_records_that_are_not_the_two_known_ones_are_refused(scene, invoke):
    route53 = scene.world.aws.client("route53")
    one = scene.records[SIDES["aurora"]]
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": one},
        {"Action": "CREATE", "ResourceRecordSet": {**one, "SetIdentifier": "by-hand"}},
    ]
    route53.change_resource_record_sets(HostedZoneId=scene.zone, ChangeBatch={"Changes": changes})
    with pytest.raises(InputRefused) as refused:
        invoke(person("cutover"))
    assert "there is no weighted record record-aurora-db1234 (aurora)" in str(refused.value)
    assert "there is a record that is not known here: 'by-hand'" in str(refused.value)


def test_when_aws_does_not_answer_there_is_no_verdict(scene, invoke):
    scene.world.refuses("dms", REGION, "DescribeTableStatistics", "InternalFailure")
    scene.world.refuses("dms", REGION, "DescribeTableStatistics", "InternalFailure")
    with pytest.raises(ClientError):
        invoke(person("cutover"))
    assert scene.weights == (100, 0)
