# One resource of each kind whose gap in moto shows only in what the provider plans the second time.
# Nothing here has one of the provider's long fixed waits (load balancers, clusters, zones).
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket       = "state"
    key          = "gaps.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
    encrypt      = true
  }
}

variable "message" {
  type    = string
  default = "first"
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
  default_tags { tags = { Env = "abc123" } }
}

provider "aws" {
  alias  = "eu"
  region = "eu-west-1"
  default_tags { tags = { Env = "abc123" } }
}

data "aws_subnets" "default" {
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

ephemeral "aws_secretsmanager_secret_version" "master" {
  secret_id = "payments/database/master"
}

resource "aws_rds_global_cluster" "this" {
  global_cluster_identifier = "global-abc123"
  engine                    = "aurora-mysql"
  engine_version            = "8.0.mysql_aurora.3.10.1"
  database_name             = "payments"
  storage_encrypted         = true
  force_destroy             = true
}

resource "aws_rds_cluster_parameter_group" "this" {
  name   = "cluster-abc123"
  family = "aurora-mysql8.0"
  parameter {
    name         = "binlog_format"
    value        = "ROW"
    apply_method = "pending-reboot"
  }
}

resource "aws_db_parameter_group" "this" {
  name   = "instance-abc123"
  family = "aurora-mysql8.0"
  parameter {
    name  = "slow_query_log"
    value = "1"
  }
}

resource "aws_kms_key" "this" {
  provider                = aws.eu
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "this" {
  name                    = "secret-abc123"
  recovery_window_in_days = 0
  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_key.this.arn
  }
}

resource "aws_ssm_parameter" "password_length" {
  name             = "/abc123/password"
  type             = "SecureString"
  value_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.master.secret_string)["password"]
  value_wo_version = 1
}

resource "aws_launch_template" "this" {
  name                   = "template-abc123"
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"
  instance_type          = "t3.medium"
  update_default_version = true
  user_data              = base64encode("echo ${var.message}")
  metadata_options { http_tokens = "required" }
  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "service-abc123" }
  }
}

resource "aws_autoscaling_group" "this" {
  name                    = "asg-abc123"
  min_size                = 2
  max_size                = 6
  desired_capacity        = 2
  vpc_zone_identifier     = data.aws_subnets.default.ids
  default_instance_warmup = 120
  force_delete            = true
  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }
  instance_refresh { strategy = "Rolling" }
}

resource "aws_autoscaling_policy" "this" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    predefined_metric_specification { predefined_metric_type = "ASGAverageCPUUtilization" }
    target_value = 60
  }
}

output "endpoint" {
  value = aws_rds_global_cluster.this.endpoint
}
