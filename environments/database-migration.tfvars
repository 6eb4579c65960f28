# The payments database comes from the data centre to Aurora PostgreSQL in us-east-1, without downtime.
#
# This is the one file to edit. A key that is commented out shows its default. `invoke doctor`
# checks the file, and what it names in AWS, without changing anything; every mistake in it is
# reported at once. Every key with its meaning and rule: docs/settings.md.

system = "database-migration"

# Part of every name in the account (vpc-migration-db1234). Two deployments with different suffixes
# live side by side; changing it later means new resources. `--suffix` takes its place.
environment_suffix = "db1234"

# The only account that this may be applied to. Credentials of another one are refused.
account_id = "123456789012"

# "destroyable": `invoke teardown` leaves nothing behind: no final snapshot, no deletion protection.
# "production": the inverse, and connections whose certificates nobody checks are refused.
# protection = "destroyable"

# On every resource, beside the tags that the stacks set themselves.
# tags = { team = "payments" }

# Terraform's state: one object per stack, with a lock file beside it. `invoke bootstrap` makes the
# bucket. Its name is unique in the world.
state = {
  bucket = "payments-terraform-state-db1234"
  region = "us-east-1"
}

# The region that the database comes to. Its block must not overlap production's or the data centre's.
landing = {
  region             = "us-east-1"
  vpc_cidr           = "10.0.0.0/16" # /16 to /22
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]

  # DMS and Aurora reach AWS's APIs through endpoints in their subnets and need no NAT gateway: "none".
  # "single" (one for all zones) or "per-az" for whatever else is put into the private subnets.
  # nat_mode = "none"

  # VPN or Direct Connect to the data centre: an existing, detached virtual private gateway. It is attached
  # to this VPC, and on_premises.cidrs are routed to it. A peering passes nothing on: production's is no way.
  vpn_gateway_id = "vgw-0d4e5f60718293a4b"
}

# The VPC in the same region that the application runs in; it is peered with the new one.
production = {
  vpc_id   = "vpc-0a1b2c3d4e5f60718"
  vpc_cidr = "10.1.0.0/16"

  # Its route tables that get a route to the new VPC. Leave out those whose routes stand inline in other
  # Terraform: it would delete ours. Until there is a route back, nothing in production reaches Aurora.
  # route_table_ids = ["rtb-0123456789abcdef0"]
}

# The server in the data centre.
on_premises = {
  # The write name leads to it until the cutover, so it is a name and no address.
  host = "payments-db.corp.example.net"
  # port = 5432
  cidrs = ["192.168.0.0/16"]

  database = "payments"

  # What DMS logs in with: JSON with host, port, username and password. Fetched, never made. The login
  # needs replication, and select on every table (DMS user guide, PostgreSQL as a source).
  # secret_name = "payments/on-premises/replication"

  # Of the same form, for the database's owner: the cutover freezes the database with it. Left out, DMS's
  # login has to be able to.
  # operator_secret_name = "payments/on-premises/owner"

  # The authority of the server's certificate, on one line: awk '{printf "%s\\n", $0}' ca.pem
  # With it DMS checks the certificate and the name (verify-full). Without it the connection is encrypted
  # and nobody checks to whom (require); production refuses that.
  # ca_certificate = "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
}

# The name that writers use: RECORD.migration-SUFFIX.PARENT. Its answer is the server in the data centre
# until the cutover. The parent zone has to delegate to the zone (`invoke outputs` shows the name servers).
domain = {
  parent = "payments.example.com"
  # record  = "db"
  # private = false
}

# Aurora PostgreSQL, Serverless v2: a writer and its readers in different zones.
database = {
  engine_version = "15.10"

  # Capacity units of about 2 GiB each. 2 to 16 are recommended: with 0.5 an instance grows slowly under
  # a full load, and with 2 at most it takes fewer than 450 connections.
  min_capacity = 0.5
  max_capacity = 2

  # readers = 2

  # The administrator's password is in this secret, as the JSON key `password`. It is fetched, never
  # made, and never enters state. After a rotation raise the version by one.
  # master_username         = "payments_admin"
  # master_secret_name      = "payments/database/master"
  # master_password_version = 1

  # Host, port, username and password of the tables' owner in Aurora: the cutover sets sequences with it, a
  # rollback freezes Aurora with it. Left out, DMS's login has to be able to.
  # operator_secret_name = "payments/aurora/owner"

  # 7 to 35 days of point-in-time recovery; the windows are in UTC and must not meet.
  # backup_retention_days = 7
  # backup_window         = "02:00-03:00"
  # maintenance_window    = "sun:03:30-sun:04:30"
}

# DMS: copies everything, then every change, until the cutover. Nothing here starts it.
replication = {
  instance_class = "dms.r5.large" # 2 vCPUs and 8 GB or more
  storage_gb     = 100
  # engine_version = "3.5.4"
  # multi_az       = true

  # dms-vpc-role and dms-cloudwatch-logs-role belong to the account and have fixed names. "make": where the
  # account never used DMS before; `invoke teardown` then takes them away again.
  # account_roles = "exist"

  # What DMS logs in to Aurora with: JSON with host, port, username and password. The host is Aurora's
  # writer endpoint, which is known after the rollout (`invoke outputs`): write it in before the task is started.
  # target_secret_name = "payments/aurora/replication"

  # RDS's authorities, for verify-full: https://truststore.pki.rds.amazonaws.com/us-east-1/us-east-1-bundle.pem
  # target_ca_certificate = "-----BEGIN CERTIFICATE-----\nMIIE...\n-----END CERTIFICATE-----\n"

  # schemas = ["public"]
  # plugin  = "test_decoding"

  # Changes applied in batches are fast, and not in their order: foreign keys break in between, and a table
  # with a primary and a unique key fails. Required, so it is the default; false is the safer choice.
  # batch_apply = true

  # Only for both directions at once, which the cutover does not need; refused together with batch_apply.
  # loopback_prevention = false

  # A larger object than this stops the task; it is never cut. "full" takes any size, slowly.
  # lob_mode   = "limited"
  # lob_max_kb = 32

  # Changes of tables follow. A table that is dropped in the data centre stays in Aurora.
  # capture_ddl       = true
  # heartbeat_minutes = 1
  # heartbeat_schema  = "dms_heartbeat"
}

# The cutover. Terraform writes these values into Parameter Store once; from then on they are changed there.
cutover = {
  # "approval": a person is told that all is ready, and says so. "automated": what is ready is done.
  mode = "approval"
  # ttl  = 60

  # The write name leads to one database: 100 and 0, or 0 and 100. Anything else means two writers.
  # on_premises_weight = 100
  # aurora_weight      = 0

  # Latency of DMS above which nothing is cut over, and for how long it has to have been below.
  # lag_limit_seconds  = 5
  # lag_window_minutes = 10

  # How old the note that the source is frozen and drained may be.
  # drained_minutes = 30

  # How long writes may pause until the last row is in Aurora; then the source is opened again.
  # drain_seconds = 300

  # A transaction that is older refuses the cutover; younger ones are ended by it.
  # transaction_seconds = 60

  # Sequences go on so many steps beyond the last value.
  # sequence_gap = 1000
}

# When an alarm goes off, and who is told.
alarms = {
  lag_seconds = 60
  cpu_percent = 80

  # 800, or 80 % of what max_capacity allows when that is less: with 2 units 800 could never be reached.
  # connections        = 360
  # period_seconds     = 60
  # evaluation_periods = 2
  # emails             = ["payments-oncall@example.com"]
}

# Copies in a vault of AWS Backup, beside Aurora's own.
backup = {
  # schedule       = "cron(0 5 ? * * *)"
  # retention_days = 7
}

# log_retention_days = 30
