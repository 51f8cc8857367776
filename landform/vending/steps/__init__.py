"""What an account needs and Terraform cannot do: boto3 does it, in steps that are taken as often as one likes."""
