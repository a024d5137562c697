"""The environment from the lock: made once, made anew where half of it may be missing."""

import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from runner import bootstrap


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that needs one package, which lies beside it, so that nothing is asked of an index."""
    venv = tmp_path / ".venv"
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "UNFINISHED", venv / "unfinished")
    wheel = tmp_path / "nothing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nothing.py", "")
        archive.writestr("nothing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n")
        archive.writestr(
            "nothing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("nothing-1.0.dist-info/RECORD", "nothing.py,,\n")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.txt").write_text(f"nothing @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    return tmp_path


def installed(project: Path) -> bool:
    return subprocess.run([str(project / ".venv/bin/python"), "-c", "import nothing"], check=False).returncode == 0


def test_it_installs_what_is_locked_starts_over_after_a_failure_and_rests_when_nothing_changed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements = project / "requirements.txt"
    good = requirements.read_text()
    trace = project / ".venv" / "trace"

    requirements.write_text(good.partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")
    with pytest.raises(bootstrap.Failed, match="could not install requirements.txt"):
        bootstrap.main(requirements)
    assert not installed(project)
    trace.touch()

    requirements.write_text(good)
    bootstrap.main(requirements)
    assert installed(project)
    assert not trace.exists()
    trace.touch()
    capsys.readouterr()

    bootstrap.main(requirements)
    assert capsys.readouterr().out == ""

    requirements.write_text(f"{good}# changed\n")
    bootstrap.main(requirements)
    assert "Installing requirements.txt" in capsys.readouterr().out
    assert trace.exists()
