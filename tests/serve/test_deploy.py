"""What stands in deploy/ fits the server that it is for."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.main import get_command

from homespun.cli.serve import serve
from homespun.serve.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "homespun.service").read_text()
NGINX = (DEPLOY / "nginx.conf").read_text()
CONTAINER = (DEPLOY / "Containerfile").read_text()
SETTINGS = Settings(Path("model"))


def unit() -> Mapping[str, str]:
    return dict(re.findall(r"(?m)^(\w+)=(.*)$", UNIT))


def options_of_serve() -> set[str]:
    import typer

    app = typer.Typer()
    app.command()(serve)
    return {option for parameter in get_command(app).params for option in parameter.opts}


@pytest.mark.parametrize("text", [unit()["ExecStart"], CONTAINER.split("ENTRYPOINT")[1]])
def test_commands_use_options_that_there_are(text: str) -> None:
    used = set(re.findall(r"--[a-z][a-z-]*", text))
    assert {"--host", "--port"} <= used <= options_of_serve()


def test_nginx_is_no_narrower_and_no_wider_than_the_server() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    assert int(size) * 2**20 == SETTINGS.max_body
    assert f"client_header_timeout {SETTINGS.header_deadline:g}s;" in NGINX
    assert f"client_body_timeout {SETTINGS.body_deadline:g}s;" in NGINX
    assert f"server {SETTINGS.host}:{SETTINGS.port};" in NGINX


def test_nginx_writes_no_picture_to_a_disk() -> None:
    assert "proxy_request_buffering off;" in NGINX
    assert "proxy_max_temp_file_size 0;" in NGINX


def test_the_service_is_not_killed_while_it_drains() -> None:
    assert int(unit()["TimeoutStopSec"]) > SETTINGS.drain
    assert f"--port {SETTINGS.port}" in unit()["ExecStart"]


def test_the_name_is_the_same_to_nginx_and_to_the_server() -> None:
    (name,) = set(re.findall(r"server_name (\S+);", NGINX))
    assert unit()["ExecStart"].endswith(f"--allow-host {name}")


def test_the_image_is_small_locked_and_has_no_root() -> None:
    images = re.findall(r"(?m)^FROM (\S+)", CONTAINER)
    assert set(images) == {"python:3.11-slim"}  # a plain name: whose registry is the user's matter
    final = CONTAINER.rsplit("FROM", 1)[1]
    assert re.search(r"(?m)^USER 10001:10001$", final)
    assert "--require-hashes" in CONTAINER
    for installer in ("pip ", "apt", "COPY ."):
        assert installer not in final


def test_what_the_containerfile_copies_is_sent_to_the_builder() -> None:
    sent = re.findall(r"(?m)^!(.*)$", (DEPLOY / "Containerfile.dockerignore").read_text())
    lines = re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", CONTAINER)
    copied = [name for line in lines for name in line.split()]
    assert sorted(copied) == sorted(sent)
    for name in copied:
        assert (DEPLOY.parent / name).exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_the_unit_sound_and_hardened(tmp_path: Path) -> None:
    path = tmp_path / "homespun.service"
    path.write_text(UNIT.replace("/opt/homespun/bin/homespun", "/bin/true"))
    command = ["systemd-analyze", "verify", "--man=no", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    about_it = [line for line in done.stderr.splitlines() if "homespun" in line]
    assert about_it == []
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    if "unrecognized option" in done.stderr:
        pytest.skip("an older systemd cannot judge a file")
    assert done.returncode == 0, done.stdout
