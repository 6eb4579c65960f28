# What the disaster recovery system is made of and region migration is not.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "limit" {
  type    = number
  default = 10
}

provider "aws" {
  region              = "us-west-2"
  allowed_account_ids = ["123456789012"]
  default_tags { tags = { Env = "abc123" } }
}

provider "aws" {
  alias  = "primary"
  region = "us-east-1"
  default_tags { tags = { Env = "abc123" } }
}

resource "aws_kms_key" "here" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "there" {
  provider                = aws.primary
  deletion_window_in_days = 7
}

resource "aws_dynamodb_table" "this" {
  name             = "table-intents-abc123"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "idempotency_key"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  # as shared/intents/schema.py has it
  attribute {
    name = "idempotency_key"
    type = "S"
  }
  attribute {
    name = "shard"
    type = "S"
  }
  attribute {
    name = "sequence"
    type = "S"
  }
  global_secondary_index {
    name            = "waiting"
    hash_key        = "shard"
    range_key       = "sequence"
    projection_type = "KEYS_ONLY"
  }
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
  point_in_time_recovery { enabled = true }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.here.arn
  }
  replica {
    region_name            = "us-east-1"
    kms_key_arn            = aws_kms_key.there.arn
    point_in_time_recovery = true
    propagate_tags         = true
  }
}

resource "aws_iam_role" "this" {
  name               = "role-probe-abc123"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "this" {
  function_name    = "function-probe-abc123"
  role             = aws_iam_role.this.arn
  runtime          = "python3.12"
  handler          = "probe.handle"
  filename         = "${path.module}/probe.zip"
  source_code_hash = filebase64sha256("${path.module}/probe.zip")
}

resource "aws_lambda_function_url" "this" {
  function_name      = aws_lambda_function.this.function_name
  authorization_type = "NONE"
  cors {
    allow_origins = ["*"]
    max_age       = var.limit
  }
}

resource "aws_lambda_permission" "url" {
  statement_id           = "url"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.this.function_name
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_cloudformation_stack" "invoke" {
  name = "stack-probe-abc123"
  template_body = jsonencode({
    Resources = {
      Permission = {
        Type = "AWS::Lambda::Permission"
        Properties = {
          Action                = "lambda:InvokeFunction"
          FunctionName          = aws_lambda_function.this.arn
          Principal             = "*"
          InvokedViaFunctionUrl = true
        }
      }
    }
  })
}

resource "aws_s3_bucket" "pin" {
  bucket_prefix = "pin-primary-abc123-"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "pin" {
  bucket                  = aws_s3_bucket.pin.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# the provider suspends it before it empties the bucket
resource "aws_s3_bucket_versioning" "pin" {
  bucket = aws_s3_bucket.pin.id
  versioning_configuration { status = "Enabled" }
}

data "aws_ec2_managed_prefix_list" "checkers" {
  name = "com.amazonaws.us-west-2.route53-healthchecks"
}

resource "aws_s3_bucket_policy" "pin" {
  bucket     = aws_s3_bucket.pin.id
  depends_on = [aws_s3_bucket_public_access_block.pin]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.pin.arn}/primary"
        Condition = { IpAddress = { "aws:SourceIp" = data.aws_ec2_managed_prefix_list.checkers.entries[*].cidr } }
      },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.pin.arn, "${aws_s3_bucket.pin.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_route53_zone" "this" {
  name = "payments.example.com"
}

resource "aws_route53_health_check" "probe" {
  type              = "HTTPS"
  fqdn              = trimsuffix(trimprefix(aws_lambda_function_url.this.function_url, "https://"), "/")
  port              = 443
  resource_path     = "/"
  request_interval  = 10
  failure_threshold = 3
  enable_sni        = true
}

resource "aws_route53_health_check" "pin" {
  type              = "HTTPS"
  fqdn              = "bucket-abc123.s3.us-west-2.amazonaws.com"
  port              = 443
  resource_path     = "/pin"
  request_interval  = 10
  failure_threshold = 2
  enable_sni        = true
  invert_healthcheck = true
}

resource "aws_route53_health_check" "both" {
  type                   = "CALCULATED"
  child_health_threshold = 2
  child_healthchecks     = [aws_route53_health_check.probe.id, aws_route53_health_check.pin.id]
}

resource "aws_route53_record" "failover" {
  for_each        = { PRIMARY = "primary.example.com", SECONDARY = "standby.example.com" }
  zone_id         = aws_route53_zone.this.zone_id
  name            = "api"
  type            = "CNAME"
  ttl             = 10
  records         = [each.value]
  set_identifier  = lower(each.key)
  health_check_id = each.key == "PRIMARY" ? aws_route53_health_check.both.id : aws_route53_health_check.probe.id
  failover_routing_policy { type = each.key }
}

output "url" {
  value = aws_lambda_function_url.this.function_url
}

output "zone_id" {
  value = aws_route53_zone.this.zone_id
}

output "pin_bucket" {
  value = aws_s3_bucket_policy.pin.bucket
}
