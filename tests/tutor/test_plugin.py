"""The Tutor plugin, as Tutor itself renders it: `make tutor-test`."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from celery import Celery

from tests.processes import ROOT

pytestmark = pytest.mark.tutor
BEAT, WORKER = "attempts-beat", "attempts-worker"


class Tutor:
    """Tutor, with a home of its own and the plugin enabled."""

    def __init__(self, home: Path) -> None:
        plugins = home / "plugins"
        plugins.mkdir(parents=True)
        shutil.copy(ROOT / "contrib" / "tutor" / "attempts.py", plugins)
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TUTOR_ROOT": str(home / "root"),
            "TUTOR_PLUGINS_ROOT": str(plugins),
        }
        self("plugins", "enable", "attempts")

    def __call__(self, *words: str) -> str:
        """Run Tutor; return what it prints. `make tutor-test` says which one."""
        return self.run(os.environ["TUTOR"], *words)

    def run(self, *command: str) -> str:
        """Run a command with Tutor's environment; return what it prints."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=120, check=False, cwd=self.home
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def save(self, **config: str) -> None:
        """Save the configuration and render the environment."""
        self("config", "save", *(word for name, value in config.items() for word in ("--set", f"{name}={value}")))

    def rendered(self, path: str) -> str:
        """Return a file of the rendered environment."""
        return (self.home / "root" / "env" / path).read_text()

    def settings(self, path: str) -> dict[str, Any]:
        """Return what the rendered settings say of attempts and of Celery's beat.

        The statements are run by themselves: the platform, which they are added to, is not here.
        """
        module = ast.parse(self.rendered(f"apps/openedx/settings/{path}"))
        ours = [
            node
            for node in module.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id.startswith(("ATTEMPTS_", "CELERYBEAT_"))
        ]
        values: dict[str, Any] = {"CELERYBEAT_SCHEDULE": {"of-the-site": {"task": "site.task", "schedule": 60}}}
        exec(compile(ast.Module(ours, []), path, "exec"), values)
        return {name: value for name, value in values.items() if name.isupper()}

    def services(self) -> dict[str, Any]:
        """Return the services of Docker Compose."""
        return yaml.safe_load(self.rendered("local/docker-compose.prod.yml"))["services"]

    def deployments(self) -> dict[str, Any]:
        """Return the deployments of Kubernetes."""
        documents = yaml.safe_load_all(self.rendered("k8s/deployments.yml"))
        return {each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in documents if each}


@pytest.fixture(scope="module")
def as_it_comes(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """Nothing set."""
    tutor = Tutor(tmp_path_factory.mktemp("tutor"))
    tutor.save()
    return tutor


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    """Everything set."""
    tutor = Tutor(tmp_path_factory.mktemp("tutor"))
    tutor.save(
        ATTEMPTS_PACKAGE="openedx-attempts==1.2.3",
        ATTEMPTS_QUEUE="attempts",
        ATTEMPTS_RUN_BEAT="false",
        ATTEMPTS_RECOVER_SECONDS="60",
        ATTEMPTS_REPLACE_COURSE_RESET="false",
        ATTEMPTS_EXPORT_DIRECTORY="",
        ATTEMPTS_UUID_NAMESPACE="6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    )
    return tutor


def test_the_image_has_the_package(as_it_comes: Tutor, set_up: Tutor) -> None:
    """One image for the LMS, Studio and their workers; installed after the platform's requirements, as extras are."""
    for tutor, package in ((as_it_comes, "openedx-attempts"), (set_up, "openedx-attempts==1.2.3")):
        dockerfile = tutor.rendered("build/openedx/Dockerfile")
        assert dockerfile.count(f"${{PIP_COMMAND:-pip}} install '{package}'") == 1
        lines = dockerfile.splitlines()
        ours = next(number for number, line in enumerate(lines) if package in line)
        assert lines[ours - 1].startswith("RUN --mount=type=cache")
        assert any("requirements/edx/base.txt" in line for line in lines[:ours])


@pytest.mark.parametrize("service", ["lms", "cms"])
@pytest.mark.parametrize("mode", ["production", "development"])
def test_both_services_have_the_settings_they_share(as_it_comes: Tutor, service: str, mode: str) -> None:
    """The same namespace in both, made once; no queue."""
    found = as_it_comes.settings(f"{service}/{mode}.py")
    assert UUID(found["ATTEMPTS_UUID_NAMESPACE"])
    assert found["ATTEMPTS_UUID_NAMESPACE"] == as_it_comes("config", "printvalue", "ATTEMPTS_UUID_NAMESPACE").strip()
    assert found["ATTEMPTS_QUEUE"] is None


def test_the_namespace_stays(tmp_path: Path) -> None:
    """However often the configuration is saved."""
    tutor = Tutor(tmp_path)
    tutor.save()
    first = tutor.settings("lms/production.py")["ATTEMPTS_UUID_NAMESPACE"]
    tutor.save()
    assert tutor.settings("lms/production.py")["ATTEMPTS_UUID_NAMESPACE"] == first


def test_the_lms_answers_course_reset_and_recovers(as_it_comes: Tutor, set_up: Tutor) -> None:
    """By default every five minutes, and beside what the site has on its beat."""
    found = as_it_comes.settings("lms/production.py")
    assert found["ATTEMPTS_REPLACE_COURSE_RESET"] is True
    assert found["CELERYBEAT_SCHEDULE"] == {
        "of-the-site": {"task": "site.task", "schedule": 60},
        "attempts-recover": {"task": "attempts.recover", "schedule": 300, "options": {}},
    }
    found = set_up.settings("lms/production.py")
    assert found["ATTEMPTS_REPLACE_COURSE_RESET"] is False
    assert found["ATTEMPTS_UUID_NAMESPACE"] == "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    recover = found["CELERYBEAT_SCHEDULE"]["attempts-recover"]
    assert recover == {"task": "attempts.recover", "schedule": 60, "options": {"queue": "attempts"}}
    assert "ATTEMPTS_REPLACE_COURSE_RESET" not in set_up.settings("cms/production.py")


def test_exports_go_where_the_lms_and_its_workers_look(as_it_comes: Tutor, set_up: Tutor) -> None:
    """And no web server; nowhere if the directory is set to nothing."""
    options = as_it_comes.settings("lms/production.py")["ATTEMPTS_EXPORT_STORAGE"]["OPTIONS"]
    assert options == {"location": "/openedx/media-private/attempts", "file_permissions_mode": 0o600}
    lms = yaml.safe_load(as_it_comes.rendered("local/docker-compose.yml"))["services"]["lms"]
    services = as_it_comes.services()
    for service in (lms, services["lms-worker"]):
        assert any("media-private:/openedx/media-private" in place for place in service["volumes"])
    assert not any("media-private" in place for place in services["caddy"]["volumes"])
    assert set_up.settings("lms/production.py")["ATTEMPTS_EXPORT_STORAGE"] is None


def test_celery_reads_the_schedule_as_the_platform_configures_it(set_up: Tutor) -> None:
    """By the old names of its settings, without a prefix."""
    settings = {**set_up.settings("lms/production.py"), "BROKER_URL": "memory://", "CELERYD_PREFETCH_MULTIPLIER": 1}
    app = Celery(set_as_current=False)
    app.config_from_object({name: value for name, value in settings.items() if not name.startswith("ATTEMPTS_")})
    assert app.conf.broker_url == "memory://"
    assert app.conf.beat_schedule["attempts-recover"]["task"] == "attempts.recover"


def places(service: dict[str, Any]) -> set[str]:
    """Return what a service mounts and where; whether SELinux has to know differs between versions of Tutor."""
    return {":".join(volume.split(":")[:2]) for volume in service["volumes"]}


def test_processes_as_they_are_asked_for(as_it_comes: Tutor, set_up: Tutor) -> None:
    """A beat unless the site has its own; a worker where there is a queue. Docker Compose and Kubernetes alike."""
    for tutor, there, absent in ((as_it_comes, BEAT, WORKER), (set_up, WORKER, BEAT)):
        services, deployments = tutor.services(), tutor.deployments()
        assert {there, absent} & set(services) == {there} == {there, absent} & set(deployments)
        local, model = services[there], services["lms-worker"]
        assert local["image"] == model["image"]
        assert local["environment"] == model["environment"]
        assert places(local) == places(model)
        spec, model = deployments[there], deployments["lms-worker"]
        assert spec["volumes"] == model["volumes"]
        (container,), (like,) = spec["containers"], model["containers"]
        for name in ("image", "env", "volumeMounts"):
            assert container[name] == like[name]
        assert container["args"] == local["command"]
        assert local["command"][:2] == ["celery", "--app=lms.celery"]
    assert "--queues=attempts" in set_up.services()[WORKER]["command"]


#: Says what Tutor would run in the containers when plugins are initialised.
INIT_TASKS = """
import runpy, sys
from tutor import hooks
before = list(hooks.Filters.CLI_DO_INIT_TASKS.iterate())
runpy.run_path(sys.argv[1])
for service, command in list(hooks.Filters.CLI_DO_INIT_TASKS.iterate())[len(before):]:
    print(service, command)
"""


def test_the_site_is_told_to_migrate_and_check(as_it_comes: Tutor) -> None:
    """When the plugin is initialised."""
    python = str(Path(os.environ["TUTOR"]).parent / "python")
    plugin = f"{as_it_comes.environment['TUTOR_PLUGINS_ROOT']}/attempts.py"
    assert as_it_comes.run(python, "-c", INIT_TASKS, plugin).split("\n")[:2] == [
        "lms ./manage.py lms migrate attempts",
        "./manage.py lms check --tag attempts",
    ]
