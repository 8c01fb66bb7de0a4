"""One node of OpenStack Swift with its S3 middleware, in one process. Run by Swift's own Python.

Usage: swift_program.py FOLDER PORT BUCKET, with the keys of its one user in S3_ACCESS_KEY and S3_SECRET_KEY.
It says "ready" once it listens. It is all of Swift that serves objects, on one disk with one copy of each.
"""

import logging
import os
import sys
import tempfile
import textwrap
import warnings

warnings.simplefilter("ignore")

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi
from swift.common.ring.builder import RingBuilder
from swift.common.swob import Request
from swift.common.utils import set_swift_dir
from swift.common.wsgi import loadapp

PARTS = 4  # bits: sixteen partitions on one disk
SERVERS = ("account", "container", "object")
DISK = "disk"

SWIFT = """
    [swift-hash]
    swift_hash_path_prefix = tests
    swift_hash_path_suffix = tests
    [storage-policy:0]
    name = only
    default = yes
"""
BACKEND = """
    [DEFAULT]
    swift_dir = {folder}
    devices = {folder}/devices
    mount_check = false
    bind_ip = 127.0.0.1
    bind_port = {port}
    fallocate_reserve = 0
    conn_timeout = 30
    node_timeout = 60
    log_level = ERROR
    [pipeline:main]
    pipeline = {name}-server
    [app:{name}-server]
    use = egg:swift#{name}
    allow_versions = true
    mb_per_sync = 512
"""
INSIDE = """
    [DEFAULT]
    swift_dir = {folder}
    log_level = ERROR
    [pipeline:main]
    pipeline = catch_errors proxy-server
    [app:proxy-server]
    use = egg:swift#proxy
    account_autocreate = true
    node_timeout = 60
    recoverable_node_timeout = 60
    conn_timeout = 30
    error_suppression_limit = 1000000
    [filter:catch_errors]
    use = egg:swift#catch_errors
"""
PROXY = """
    [DEFAULT]
    swift_dir = {folder}
    bind_ip = 127.0.0.1
    bind_port = {port}
    log_level = ERROR
    [pipeline:main]
    pipeline = catch_errors gatekeeper s3api tempauth bulk slo proxy-server
    [app:proxy-server]
    use = egg:swift#proxy
    account_autocreate = true
    node_timeout = 60
    recoverable_node_timeout = 60
    conn_timeout = 30
    error_suppression_limit = 1000000
    [filter:catch_errors]
    use = egg:swift#catch_errors
    [filter:gatekeeper]
    use = egg:swift#gatekeeper
    [filter:s3api]
    use = egg:swift#s3api
    location = us-east-1
    [filter:tempauth]
    use = egg:swift#tempauth
    user_{account}_{user} = {secret} .admin
    [filter:bulk]
    use = egg:swift#bulk
    [filter:slo]
    use = egg:swift#slo
"""


def write(folder: str, file_name: str, text: str, **values: object) -> str:
    """Write a configuration file and give its path."""
    path = os.path.join(folder, file_name)
    with open(path, "w", encoding="ascii") as file:
        file.write(textwrap.dedent(text).format(folder=folder, **values))
    return path


def make_ring(folder: str, kind: str, port: int) -> None:
    """Say on which disk, behind which port, things of a kind are."""
    ring = RingBuilder(PARTS, 1, 0)
    ring.add_dev(
        {"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": port, "device": DISK}
    )
    ring.rebalance()
    ring.get_ring().save(os.path.join(folder, f"{kind}.ring.gz"))


def serve(config: str, listener: object) -> None:
    """Serve one of Swift's programs."""
    quiet = logging.getLogger("wsgi")
    eventlet.spawn(wsgi.server, listener, loadapp(config), log=quiet, log_output=False)


def make_bucket(folder: str, account: str, bucket: str) -> None:
    """Make the bucket, past the doors of S3 and its user."""
    app = loadapp(write(folder, "inside.conf", INSIDE))
    answer = Request.blank(f"/v1/AUTH_{account}/{bucket}", method="PUT").get_response(app)
    if not answer.is_success:
        raise SystemExit(f"no bucket: {answer.status}")


def main() -> None:
    """Serve until the process is ended."""
    folder, port = sys.argv[1], int(sys.argv[2])
    account, _, user = os.environ["S3_ACCESS_KEY"].partition(":")
    os.makedirs(os.path.join(folder, "devices", DISK), exist_ok=True)
    tempfile.tempdir = folder
    write(folder, "swift.conf", SWIFT)
    set_swift_dir(folder)
    listeners = {kind: eventlet.listen(("127.0.0.1", 0)) for kind in SERVERS}
    for kind, listener in listeners.items():
        make_ring(folder, kind, listener.getsockname()[1])
    for kind, listener in listeners.items():
        config = write(folder, f"{kind}.conf", BACKEND, name=kind, port=0)
        serve(config, listener)
    make_bucket(folder, account, sys.argv[3])
    values = {"port": port, "account": account, "user": user}
    config = write(folder, "proxy.conf", PROXY, secret=os.environ["S3_SECRET_KEY"], **values)
    front = eventlet.listen(("127.0.0.1", port))
    serve(config, front)
    sys.stdout.write(f"ready {front.getsockname()[1]}\n")
    sys.stdout.flush()
    while True:
        eventlet.sleep(3600)


if __name__ == "__main__":
    main()
