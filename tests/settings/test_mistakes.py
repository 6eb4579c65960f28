from tests.settings.files import RIGHT, messages, parsed

TEN_MISTAKES = """\
system             = "region-migration"
environment_suffix = "ABC_123"
account_id         = 123456789012
protection         = "production"
state = {
  bucket = "a-state-bucket"
  region = "us-east-1"
}
source = {
  region             = "us-east-1"
  vpc_cidr           = "10.0.0.1/16"
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
}
target = {
  region             = "eu-west-1"
  vpc_cidr           = "10.1.0.0/16"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-central-1c"]
}
domain = {}
database = { instance_class = "db.t3.medium" }
service = { instance_typ = "t3.large", log_retention_days = 365 }
migration = { phases = [25, 50, 75] }
"""


def test_a_file_with_ten_mistakes_gives_ten_messages_at_once():
    assert messages(TEN_MISTAKES) == [
        (
            'x.tfvars:2: environment_suffix is "ABC_123": it cannot be part of every service\'s names\n'
            "    allowed: lower-case letters, digits and inner hyphens, beginning "
            "with a letter, at most 16: abc123"
        ),
        (
            "x.tfvars:3: account_id is 123456789012, a whole number; a text is needed\n"
            '    a text stands in double quotes: "123456789012"'
        ),
        (
            'x.tfvars:4: service.ami_family is "amazon-linux-2" under protection = "production": '
            "its end of life is 2026-06-30\n"
            '    set service.ami_family = "amazon-linux-2023", or set protection = "destroyable"'
        ),
        (
            "x.tfvars:7: state.region is us-east-1, the region that is being left\n"
            "    keep the state where it outlives the move, for instance in the target region"
        ),
        (
            'x.tfvars:11: source.vpc_cidr is "10.0.0.1/16": it has bits set beyond its prefix; '
            "the block is 10.0.0.0/16\n"
            "    allowed: an IPv4 block from /16 to /22: 10.0.0.0/16"
        ),
        (
            "x.tfvars:17: target.availability_zones[2] is eu-central-1c, which is not in eu-west-1\n"
            "    a zone's name is its region's and a letter: eu-west-1a"
        ),
        (
            "x.tfvars:19: domain.zone_name is missing\n"
            "    add it: Hosted zone that the platform makes, e.g. `payments.example.com`."
        ),
        (
            'x.tfvars:20: database.instance_class is "db.t3.medium": an Aurora '
            "global database does not run on "
            "burstable (t) classes\n"
            "    allowed: a memory-optimized class, db.r5 or newer: db.r6g.large"
        ),
        "x.tfvars:21: service.instance_typ is not a setting\n    did you mean instance_type?",
        (
            "x.tfvars:22: migration.phases is [25, 50, 75]: it ends at 75\n"
            "    allowed: shares of traffic in per cent that rise to 100: [25, 50, 75, 100]"
        ),
    ]


def test_one_broken_line_does_not_hide_the_other_mistakes():
    text = RIGHT.replace('"a-state-bucket"', '"a-state-bucket').replace('"10.1.0.0/16"', '"10.0.128.0/17"')
    assert messages(text) == [
        (
            "x.tfvars:5: the text that begins here has no closing quote on its line\n"
            '    texts begin and end with a double quote: key = "value"'
        ),
        (
            "x.tfvars:15: target.vpc_cidr 10.0.128.0/17 overlaps source.vpc_cidr 10.0.0.0/16\n"
            "    peered VPCs need disjoint blocks, for example 10.0.0.0/16 and 10.1.0.0/16"
        ),
    ]


def test_what_stood_on_a_broken_line_does_not_count_as_missing():
    assert messages(RIGHT.replace('"123456789012"', "@")) == [
        (
            "x.tfvars:3: '@' is not expected here\n"
            "    a value is expected: a text in double quotes, a number, true, false, [ ... ] or { ... }"
        )
    ]


def test_wrong_types_say_what_they_are_and_what_is_needed():
    text = RIGHT + (
        "service = {\n"
        '  min_size = "2"\n'
        '  max_size = "many"\n'
        "  desired_capacity = 2.5\n"
        "  root_volume_gb = true\n"
        "  image = null\n"
        '  ingress_cidrs = "0.0.0.0/0"\n'
        "  ami_family = [1]\n"
        "}\n"
        "alarms = 7\n"
        'tags = ["a"]\n'
        "protection = { a = 1 }\n"
        "database = { name = {} }\n"
    )
    assert messages(text) == [
        (
            'x.tfvars:20: service.min_size is "2", a text; a whole number is needed\n'
            "    a number stands without quotes: 2"
        ),
        (
            'x.tfvars:21: service.max_size is "many", a text; a whole number is needed\n'
            "    a number stands without quotes: 3"
        ),
        (
            "x.tfvars:22: service.desired_capacity is 2.5, a broken number; a whole number is needed\n"
            "    a number stands without quotes: 3"
        ),
        (
            "x.tfvars:23: service.root_volume_gb is true; a whole number is needed\n"
            "    a number stands without quotes: 3"
        ),
        (
            "x.tfvars:24: service.image is null; a text is needed\n"
            "    leave the key out to get its default, if it has one"
        ),
        (
            'x.tfvars:25: service.ingress_cidrs is "0.0.0.0/0", a text; an array is needed\n'
            "    an array stands in [ ]: [...]"
        ),
        (
            "x.tfvars:26: service.ami_family is [1], which is not supported\n"
            '    allowed: "amazon-linux-2" or "amazon-linux-2023"'
        ),
        (
            "x.tfvars:28: alarms is 7, a whole number; an object is needed\n"
            "    an object stands in { }: { key = value }"
        ),
        (
            'x.tfvars:29: tags is ["a"], an array; an object is needed\n'
            "    an object stands in { }: { key = value }"
        ),
        (
            "x.tfvars:30: protection is an object, which is not supported\n"
            '    allowed: "destroyable" or "production"'
        ),
        (
            "x.tfvars:31: database.name is an object; a text is needed\n"
            '    a text stands in double quotes: "..."'
        ),
    ]


def test_an_unknown_key_is_told_where_it_belongs():
    assert messages(RIGHT + "min_size = 3\nzzz = 1\nstate_bucket = 2\nalarms = { q = 1 }\nregion = 2\n") == [
        "x.tfvars:19: min_size is not a setting\n    did you mean service.min_size?",
        (
            "x.tfvars:20: zzz is not a setting\n"
            "    the file may have: system, environment_suffix, account_id, protection, tags, state, source, "
            "target, domain, database, service, alarms, migration"
        ),
        (
            "x.tfvars:21: state_bucket is not a setting\n"
            "    the file may have: system, environment_suffix, account_id, protection, tags, state, source, "
            "target, domain, database, service, alarms, migration"
        ),
        (
            "x.tfvars:22: alarms.q is not a setting\n"
            "    alarms may have: replication_lag_ms, healthy_hosts_minimum, period_seconds, "
            "evaluation_periods, emails"
        ),
        (
            "x.tfvars:23: region is not a setting\n"
            "    did you mean state.region or source.region or target.region?"
        ),
    ]


def test_a_wrong_element_is_shown_with_its_own_line():
    text = RIGHT + 'service = {\n  ingress_cidrs = [\n    "10.0.0.0/8",\n    "10.0.0.1/8",\n  ]\n}\n'
    assert messages(text) == [
        (
            'x.tfvars:22: service.ingress_cidrs[1] is "10.0.0.1/8": it has bits set beyond its prefix; '
            "the block is 10.0.0.0/8\n"
            "    allowed: an IPv4 block: 203.0.113.0/24"
        ),
    ]


def test_an_empty_file_lacks_every_required_key():
    assert [text.partition("\n")[0] for text in messages("")] == [
        "x.tfvars: system is missing",
        "x.tfvars: environment_suffix is missing",
        "x.tfvars: account_id is missing",
        "x.tfvars: state is missing",
        "x.tfvars: source is missing",
        "x.tfvars: target is missing",
        "x.tfvars: domain is missing",
    ]


def test_the_file_cannot_name_itself():
    assert messages(RIGHT + 'name = "y"\n') == [
        "x.tfvars:19: name is \"y\", and it is not a setting\n    the file's name is the environment's"
    ]


def test_another_system_is_refused_with_the_ones_there_are():
    assert messages(RIGHT.replace('"region-migration"', '"region-move"')) == [
        'x.tfvars:1: system is "region-move", which is not supported\n'
        '    allowed: "region-migration", "disaster-recovery", "database-migration"'
    ]


def test_a_long_value_is_cut_in_its_message():
    (only,) = messages(RIGHT.replace("a-state-bucket", "B" * 200))
    assert only.startswith(f'x.tfvars:5: state.bucket is "{"B" * 79}...: S3 does not take this name')


def test_a_wrong_suffix_from_the_command_line_is_not_blamed_on_the_file():
    assert messages(RIGHT, suffix="Not-OK") == [
        (
            '--suffix: environment_suffix is "Not-OK": it cannot be part of every service\'s names\n'
            "    allowed: lower-case letters, digits and inner hyphens, beginning "
            "with a letter, at most 16: abc123"
        )
    ]


def test_a_suffix_from_the_command_line_takes_the_place_of_a_wrong_one():
    assert parsed(RIGHT.replace('"abc123"', "abc123"), suffix="pr7").environment_suffix == "pr7"


def test_the_right_file_gives_the_defaults():
    environment = parsed(RIGHT)
    assert environment.name == "x"
    assert environment.protection == "destroyable"
    assert environment.domain.record_name == "api.payments.example.com"
    assert environment.migration.phases == (25, 50, 75, 100)


def test_a_section_that_is_no_object_is_one_mistake():
    text = RIGHT.replace("target = {", "target = 3\nother = {")
    assert [found.splitlines()[0] for found in messages(text)] == [
        "x.tfvars:13: target is 3, a whole number; an object is needed",
        "x.tfvars:14: other is not a setting",
    ]


def test_a_tag_that_is_no_text_is_found_by_its_line():
    assert messages(RIGHT + "tags = {\n  a = 1\n}\n") == [
        'x.tfvars:20: tags.a is 1, a whole number; a text is needed\n    a text stands in double quotes: "1"'
    ]
