"""EC2's kinds, by the names CloudFormation has for them; their objects are in the shape of EC2's describe calls."""

from __future__ import annotations

INSTANCE = "AWS::EC2::Instance"
VOLUME = "AWS::EC2::Volume"
