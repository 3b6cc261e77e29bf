from solution import retry


def test_counts():
    calls = []

    def broken():
        calls.append(1)
        raise ValueError("no")

    try:
        retry(broken, 3)
    except ValueError:
        calls.append("raised")
    assert calls == [1, 1, 1, "raised"]
