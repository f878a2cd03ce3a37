def test_s(tiny_run):
    r = tiny_run.result
    print(r.exit_code, r.output, r.stderr, r.exception)
    assert r.exit_code == 0
