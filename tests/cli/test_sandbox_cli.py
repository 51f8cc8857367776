"""``landform sandbox``."""


class TestSandbox:
    """``landform sandbox start``, ``status`` and ``stop``."""

    def test_from_start_to_stop(self, landform, tmp_path):
        """Each command is a process of its own: what one starts, the next one sees, and the last one ends."""
        assert landform("sandbox", "status", "--json", cwd=tmp_path).document == {"running": False}
        started = landform("sandbox", "start", "--json", cwd=tmp_path)
        seen = landform("sandbox", "status", "--json", cwd=tmp_path)
        stopped = landform("sandbox", "stop", cwd=tmp_path)
        after = landform("sandbox", "status", cwd=tmp_path)
        assert (started.status, seen.status, stopped.status, after.status) == (0, 0, 0, 1)
        assert seen.document == started.document
        assert seen.document.keys() == {"running", "url", "pid", "instance"}
        assert seen.document["url"] in stopped.out

    def test_nothing_to_stop(self, landform, tmp_path):
        """Which is no failure."""
        said = landform("sandbox", "stop", cwd=tmp_path)
        assert (said.status, said.out) == (0, "No sandbox ran.\n")
