from click.testing import CliRunner

from c2c.cli import main


def test_a_worker_without_a_database_is_told_where_to_name_one(monkeypatch):
    monkeypatch.delenv("C2C_POSTGRES", raising=False)
    result = CliRunner().invoke(main, ["collect", "worker", "paris"])

    assert result.exit_code == 1
    assert "--postgres URL, or C2C_POSTGRES" in result.stderr


def test_the_address_of_a_database_can_stand_in_the_environment(monkeypatch):
    monkeypatch.setenv("C2C_POSTGRES", "nonsense://x")
    result = CliRunner().invoke(main, ["collect", "worker", "paris"])

    assert result.exit_code == 1
    assert "C2C_POSTGRES" not in result.stderr
    assert "postgres" in result.stderr
