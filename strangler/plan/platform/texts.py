"""The kinds of text that platform and tenant values are made of: what matches can be written anywhere."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator


def _matching(pattern: str, meaning: str) -> AfterValidator:
    """A check that the whole text has a form; ``meaning`` ends the sentence "must be …"."""
    compiled = re.compile(rf"(?:{pattern})\Z", re.ASCII)

    def check(value: str) -> str:
        if not compiled.match(value):
            raise ValueError(f"must be {meaning}")
        return value

    return AfterValidator(check)


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise ValueError("must be a network such as 10.80.0.0/16, host bits zero") from error


def _ip(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError as error:
        raise ValueError("must be an IPv4 address such as 10.80.0.1") from error


def _one_line(value: str) -> str:
    if len(value) > 200 or not all(c.isprintable() for c in value):
        raise ValueError("must be one line of at most 200 printable characters")
    return value


_HOST = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*"
_DIGEST = r"@sha256:[0-9a-f]{64}"
_IMAGE_PATH = rf"(?=.{{1,255}}\Z)({_HOST}(:\d{{1,5}})?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*"

Account = Annotated[str, _matching(r"\d{12}", "an AWS account: twelve digits in quotes")]
Region = Annotated[str, _matching(r"[a-z]{2}(-[a-z]+)+-\d", "a region such as eu-central-1")]
Version = Annotated[str, _matching(r"1\.\d{2}", 'a Kubernetes minor version in quotes, such as "1.36"')]
Cpu = Annotated[str, _matching(r"\d{1,7}m|\d{1,6}(\.\d{1,3})?", "an amount of CPU in quotes, such as 250m or 2")]
Memory = Annotated[str, _matching(r"\d{1,9}(Ki|Mi|Gi|Ti)", "an amount of memory such as 512Mi or 4Gi")]
Cidr = Annotated[str, AfterValidator(_network)]
RelativePath = Annotated[
    str,
    _matching(
        r"\.|(?!.*\.\.)[\w-][\w.-]{0,60}(/[\w-][\w.-]{0,60}){0,7}",
        "a path such as platform/tree, without .. and leading /",
    ),
]
VpcId = Annotated[str, _matching(r"vpc-[0-9a-z]{4,17}", "a VPC such as vpc-0123456789abcdef0")]
LabelKey = Annotated[str, _matching(rf"({_HOST}/)?[A-Za-z0-9]([\w.-]{{0,61}}[A-Za-z0-9])?", "a label key")]
Ip = Annotated[str, AfterValidator(_ip)]
Host = Annotated[str, _matching(rf"(?=.{{1,253}}\Z){_HOST}", "a host name in lower case, such as app.example.com")]
Arn = Annotated[
    str, _matching(r"(?=.{1,2048}\Z)arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:[\w+=,.@/:*-]+", "an ARN")
]
Subnet = Annotated[str, _matching(r"subnet-[0-9a-z]{4,17}", "a subnet such as subnet-0123456789abcdef0")]
SecurityGroup = Annotated[str, _matching(r"sg-[0-9a-z]{4,17}", "a security group such as sg-0123456789abcdef0")]
InstanceType = Annotated[str, _matching(r"[a-z0-9-]{2,12}\.[a-z0-9-]{2,14}", "an instance type such as m7i.large")]
Word = Annotated[str, _matching(r"[a-zA-Z0-9][\w.-]{0,62}", "letters, digits, '.', '_' and '-', at most 63 characters")]
ClaimName = Annotated[str, _matching(r"[\w][\w.:/-]{0,99}", "the name of a claim, such as cognito:groups")]
Group = Annotated[str, _matching(r"[\w][\w.:@/ -]{0,126}", "the name of a user group")]
Image = Annotated[
    str,
    _matching(rf"{_IMAGE_PATH}(:[\w][\w.-]{{0,127}})?({_DIGEST})?", "a container image, best with @sha256:<digest>"),
]
Registry = Annotated[str, _matching(_IMAGE_PATH, "a registry, such as registry.example.com/shop")]
Digest = Annotated[str, _matching(_DIGEST[1:], "a digest: sha256: and 64 hexadecimal digits")]
GitUrl = Annotated[
    str, _matching(r"(https|ssh)://[\w.@:/~+-]{3,400}", "the https:// or ssh:// address of a git repository")
]
Path = Annotated[str, _matching(r"/[\w.~/%+-]{0,200}", "an absolute path such as /healthz")]
Cron = Annotated[
    str, _matching(r"([\d*/,-]{1,40} ){4}[\d*/,-]{1,40}", 'a schedule of five fields, such as "0 7 * * 1-5"')
]
Zone = Annotated[str, _matching(r"[A-Za-z_]{1,30}(/[A-Za-z_+-]{1,30}){0,2}", "a time zone such as Europe/Berlin")]
Hours = Annotated[str, _matching(r"\d{1,4}h", "whole hours, such as 8h")]
Line = Annotated[str, AfterValidator(_one_line)]
Model = Annotated[str, _matching(r"[\w.:-]{1,140}", "a model id such as amazon.nova-lite-v1:0")]
Domain = Annotated[str, _matching(rf"(\*\.)?{_HOST}", "a domain name, or *. and one")]
Variable = Annotated[str, _matching(r"[A-Za-z_]\w{0,127}", "the name of an environment variable")]
TransitGateway = Annotated[str, _matching(r"tgw-[0-9a-z]{4,17}", "a transit gateway such as tgw-0123456789abcdef0")]
Instance = Annotated[str, _matching(r"(db|ml)\.[a-z0-9]{2,8}\.[a-z0-9]{2,12}", "a class such as db.t4g.medium")]
Artefact = Annotated[str, _matching(r"s3://[a-z0-9.-]{3,63}/[\w./-]{1,500}", "an s3:// address")]
