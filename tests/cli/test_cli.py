"""The command line as a person meets it: real processes, real pipes, exit codes."""

import csv
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "tests/fixtures/real-cluster/objects.json"
ARTICLE = next((ROOT / "tests/fixtures/article").glob("*transcript*.txt"))
BIN = Path(sys.executable).parent
COMMANDS = sorted(path.stem for path in (ROOT / "nodeportkit/cli/commands").glob("[a-z]*.py"))


def run(*arguments, data=None, name="nodeportkit", timeout=60, **settings):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | settings.pop("env", {})
    given = data.encode() if isinstance(data, str) else data
    source = {"input": given} if given is not None else {"stdin": subprocess.DEVNULL}
    command = [str(BIN / name), *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=timeout, env=environment, **source, **settings
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# Answers


def test_the_articles_transcript_says_what_is_wrong_and_how_to_mend_it():
    code, out, err = run("chain", "myapp-service", ARTICLE)
    assert (code, err) == (1, "")
    assert out.startswith("myapp-service answers nobody: its selector matches no pod\n")
    assert """kubectl patch service myapp-service -p '{"spec": {"selector": {"type": null}}}'""" in out
    assert "node port 30008 on 1 node -> port 80 of 10.104.148.160 -> target port 80 (TCP)" in out


def test_a_chain_that_holds_from_standard_input():
    code, out, _ = run("chain", "web", "--port", "http", data=REAL.read_bytes())
    assert code == 0
    assert out.splitlines()[0] == "web reaches 5 of 6 pods on 3 nodes"
    assert out.count("10.244.") == 6
    assert "metrics" not in out


def test_shares_stand_beside_each_other_where_entry_nodes_differ():
    _, out, _ = run("chain", "shop/web-local", REAL)
    heads = next(line for line in out.splitlines() if line.startswith("POD"))
    assert heads.split("   ")[-3:] == ["SHARE VIA NODE-1", "SHARE VIA NODE-2", "SHARE VIA NODE-3"]
    alone = next(line for line in out.splitlines() if line.startswith("web-2"))
    assert alone.split()[-3:] == ["0", "1", "0"]  # the one pod on node-2 gets all that enters there


@pytest.mark.parametrize(("destination", "verdict", "code"), [("30080", "FORWARD", 0), ("30008", "REJECT", 1)])
def test_trace_names_the_verdict(destination, verdict, code):
    found, out, _ = run("trace", "--node", "node-2", "--port", destination, REAL)
    assert found == code
    assert out.splitlines()[0] == f"203.0.113.1 -> 192.168.1.3:{destination} on node-2: {verdict}"


def test_json_csv_html_and_svg_tell_the_same():
    _, told, _ = run("chain", "web", REAL, "-o", "json")
    rows = json.loads(told)
    assert {row["node_port"] for row in rows} == {30080, 30090}
    _, told, _ = run("chain", "web", REAL, "-o", "csv")
    assert [row["pod_ip"] for row in csv.DictReader(io.StringIO(told))] == [row["pod_ip"] for row in rows]
    _, page, _ = run("chain", "web", REAL, "-o", "html")
    assert page.count("<tr>") == len(rows) + 1
    assert "<svg" in page
    assert "http-equiv" in page
    assert "<script" not in page
    _, drawn, _ = run("chain", "web", REAL, "-o", "svg")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")


def test_what_was_read_can_be_saved_and_read_again(tmp_path):
    path = tmp_path / "cluster.json.gz"
    _, first, _ = run("read", REAL, "--save", path)
    code, again, _ = run("read", path)
    assert code == 0
    assert again == first
    _, frame, _ = run("read", path, "--frame", "services", "-o", "json")
    assert "web-sticky" in {row["name"] for row in json.loads(frame)}


def test_rules_are_taken_by_the_kernels_own_tool():
    code, rules, _ = run("rules", "--node", "node-1", "--mode", "nftables", REAL)
    assert code == 0
    assert "30080" in rules
    _, rules, _ = run("rules", "--node", "node-1", "--mode", "iptables", REAL)
    done = subprocess.run(["iptables-restore", "--test"], input=rules.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_migrate_writes_yaml():
    code, text, _ = run("migrate", "web-sticky", "--to", "loadbalancer", "-n", "shop", REAL)
    assert code == 0
    assert "type: LoadBalancer" in text


def test_diagnose_names_the_cause_the_key_and_the_articles_own_fix():
    code, out, _ = run("diagnose", "myapp-service", ARTICLE)
    assert code == 1
    assert "1. selector-mismatch (fact)  Service default/myapp-service" in out
    assert "type=front-end" in out
    # The article takes the label out of the service's selector.
    assert """kubectl patch service myapp-service -p '{"spec": {"selector": {"type": null}}}'""" in out


def test_counts_of_connections_tell_whether_the_load_is_even():
    asked = ["diagnose", "shop/web", "--port", "30080", "--observed", "-", REAL]
    even = "".join(f"     {count} web-{number}\n" for number, count in enumerate((41, 38, 44, 36, 41)))
    code, out, _ = run(*asked, data=even)
    assert (code, out.splitlines()[0]) == (0, "shop/web: the spread is what kube-proxy makes of it")
    assert "This spread is what chance gives" in out
    code, out, _ = run(*asked, data="pod,count\nweb-0,160\npod/web-1,10\nweb-2,12\nweb-3,9\nweb-4,9\n")
    assert (code, "web-0 gets 4.0 times its share" in out, "(possible)" in out) == (0, True, True)
    code, out, err = run(*asked, data="web-0 12\nGET / 200 ok\n")
    assert (code, out) == (2, "")
    assert err == "nodeportkit: standard input: line 2 is no pod and a count. Give lines as `104 web-0`.\n"


def test_diagnose_is_quiet_about_a_healthy_service():
    code, out, _ = run("diagnose", "shop/web-local", "--symptom", "refused", "--node", "node-2", REAL)
    assert (code, "(fact)" in out, "(hint)" in out) == (0, False, False)


def test_audit_tells_the_worst_first_and_ends_with_its_exit_code():
    code, out, _ = run("audit", REAL)
    assert code == 1
    # What is exposed comes before what is wrong with it: node ports, and the health check ports beside them.
    specs = [thing["spec"] for thing in json.loads(REAL.read_text())["items"] if thing["kind"] == "Service"]
    ports = sum("nodePort" in each for spec in specs for each in spec.get("ports", []))
    ports += sum("healthCheckNodePort" in spec for spec in specs)
    assert out.startswith(f"{ports} ports of ")
    blocks = [block for block in out.split("\n\n") if block.startswith(("error:", "warning:"))]
    assert blocks == sorted(blocks, key=lambda block: block.startswith("warning:"))
    assert any("selector-matches-nothing  Service shop/nobody" in block for block in blocks)
    assert "kubectl get networkpolicies -A -o json" in out  # what was not looked at
    assert run("audit", REAL, "--fail-on", "never")[0] == 0
    _, told, _ = run("audit", REAL, "-o", "json", "-n", "default")
    assert not [row for row in json.loads(told)["findings"] if row["namespace"] == "shop"]
    assert run("audit", REAL, "--ignore", "no-such-check")[0] == 2
    code, _, err = run("audit", REAL, "-n", "shpo")
    assert (code, err) == (2, "nodeportkit: There is no namespace 'shpo' here. Did you mean shop?\n")


def test_audit_writes_reports_for_people_and_for_code_hosts():
    _, page, _ = run("audit", REAL, "-o", "html")
    assert page.lower().startswith("<!doctype html>")
    assert "selector-matches-nothing" in page
    _, told, _ = run("audit", REAL, "-o", "sarif")
    log = json.loads(told)
    assert log["version"] == "2.1.0"
    assert "selector-matches-nothing" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_audit_of_a_pipe_as_the_manual_shows_it():
    code, out, _ = run("audit", "-", data=REAL.read_bytes())
    assert (code, out) == (1, run("audit", REAL)[1])


def test_validate_finds_the_slips_of_the_published_manifest():
    published = ROOT / "tests/fixtures/article/service-definition-as-published.yaml"
    code, out, _ = run("validate", published)
    assert code == 1
    assert "a colon and a blank are missing after `type` in `typeNodePort`" in out
    good = """{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}}"""
    code, out, _ = run("validate", "-", data=good)
    assert (code, out.splitlines()[0]) == (0, "The API server would accept this")
    taken = good.replace('"ports"', '"type": "NodePort", "ports"').replace("80", '80, "nodePort": 30080')
    code, out, _ = run("validate", "-", "--against", REAL, data=taken)
    assert code == 1
    assert "spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated" in out


def test_diff_tells_what_was_opened_and_closed(tmp_path):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    text = REAL.read_text()
    before.write_text(text)
    after.write_text(text.replace('"nodePort": 30080', '"nodePort": 31080'))
    code, out, _ = run("diff", before, after)
    assert code == 1
    assert out.splitlines()[0] == "1 change in what is exposed"
    assert "30080" in out
    assert "31080" in out
    assert run("diff", before, before)[0] == 0


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_how_it_ends(command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Exit code" in out


def examples(*command):
    """The lines that the help of a command gives as examples."""
    _, out, _ = run(*command, "--help")
    shown = re.search(r"^  Examples?:\n((?:    .+\n)+)", out, flags=re.MULTILINE)
    assert shown, f"{command} has no example"
    return [line.strip() for line in shown[1].splitlines()]


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"playground"}))
def test_the_examples_of_its_help_run(command, kubectl):
    for name in ("cluster.json", "before.json", "after.json"):
        shutil.copy(REAL, kubectl / name)
    shutil.copy(ARTICLE, kubectl / "session.txt")
    (kubectl / "answers.txt").write_text("web-0\nweb-1\nweb-0\n")
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"
    (kubectl / "service.yaml").write_text(service)
    path = f"{kubectl / 'bin'}:{BIN}:{os.environ['PATH']}"
    for line in examples(command):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            capture_output=True,
            check=False,
            cwd=kubectl,
            env={"PATH": path, "HOME": str(kubectl)},
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        assert (done.returncode in (0, 1), done.stderr) == (True, b""), line


def test_the_examples_of_the_playground_run_one_after_the_other(tmp_path):
    begin, *middle, end = examples("playground")
    _, out, _ = run("playground", "--help")
    others = set(re.findall(r"^  ([a-z-]+)  ", out[out.index("Commands:") :], flags=re.MULTILINE)) - {"down", "up"}
    assert {"minikube", "plant", "status"} < others
    # `load` needs the service that `plant` makes, and every connection answered.
    told = [line for name in sorted(others - {"load", "plant"}) for line in examples("playground", name)]
    loaded = [*examples("playground", "plant"), "nodeportkit playground heal", *examples("playground", "load")]
    lines = [begin, *middle, *loaded, *told, *examples("playground", "up"), end]
    path = f"{BIN}:{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(lines)], capture_output=True, check=False, env=env, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"node-3" in done.stdout
    assert done.stdout.endswith(b"The playground is gone.\n")
    assert examples("playground", "down") == [end]


def test_the_list_of_commands_is_what_is_there():
    _, out, _ = run("--help")
    listed = out[out.index("Commands:") :]
    assert all(f"\n  {command} " in listed for command in COMMANDS)


def test_a_mistyped_command_names_the_nearest():
    code, _, err = run("chian")
    assert code == 2
    assert "Did you mean chain?" in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell):
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_NODEPORTKIT_COMPLETE" in out


def test_bash_completes_commands_and_options():
    _, script, _ = run("completion", "bash")
    lines = f"{script}\nCOMP_WORDS=(nodeportkit mig)\nCOMP_CWORD=1\n_nodeportkit_completion nodeportkit\necho ${{COMPREPLY[@]}}"
    path = f"{BIN}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", lines], capture_output=True, check=True, env={"PATH": path, "HOME": "/nonexistent"}
    )
    assert done.stdout.decode().strip() == "migrate"


# Bad input: one clear line, and exit code 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "standard input: is empty"),
        (b"  \n\n", "standard input: is empty"),
        (b"\x7fELF\0\0\1" * 4000, "standard input: is binary"),
        (REAL.read_bytes()[:20_000], "standard input"),
        (b'{"apiVersion": "v1", "kind": "Service", "spec": {"ports": 7}, "metadata": {"name": "x"}}', "ports"),
    ],
)
@pytest.mark.parametrize("command", [("chain", "web"), ("read",)])
def test_bad_input_is_one_clear_line(command, data, said):
    code, out, err = run(*command, "-", data=data)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("nodeportkit: ")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_a_gigabyte_of_junk_is_given_up_early():
    junk = 'yes "there is nothing here that kubectl prints" | head -c 1G | "$0" read -; exit ${PIPESTATUS[2]}'
    command = ["bash", "-c", junk, BIN / "nodeportkit"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "nothing in its first 8 MB" in done.stderr.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.json", "gone.json: there is no such file"),
        ("/proc/self/mem", "/proc/self/mem: cannot be opened: "),
        ("", "a name of a file is empty"),
        ("~nobody-is-called-so/x", "~nobody-is-called-so/x: there is no such file"),
        ("x" * 300, "cannot be opened: File name too long"),
        ("empty-folder", "The folder 'empty-folder' holds no file"),
        ("words.txt", "words.txt: nothing in it is what kubectl, minikube or curl print"),
    ],
)
def test_a_file_that_is_not_there_or_cannot_be_opened(tmp_path, name, said):
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "words.txt").write_text("Dear all,\nsee you tomorrow.\n")
    code, out, err = run("audit", name, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert said in err
    assert (err.count("\n"), err.startswith("nodeportkit: ")) == (1, True)


def test_a_command_that_cannot_be_meant_is_one_line_too():
    code, out, err = run("audit", REAL, "--context", "prod")
    assert (code, out) == (2, "")
    assert err == "nodeportkit: Give files or --context, not both. See: nodeportkit audit --help\n"


def through_a_shell(line, **environment):
    """What a shell prints for a line, and the exit code of its first command."""
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": "/nonexistent", "REAL": str(REAL), **environment}
    command = ["bash", "-c", f"{line}\nexit ${{PIPESTATUS[0]}}"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120, env=env)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("nodeportkit audit <&-", 2, "standard input: is closed. Name files, or pipe what kubectl prints."),
        ("nodeportkit validate - <&-", 2, "standard input: is closed. Name files, or pipe what kubectl prints."),
        ("nodeportkit read $REAL > /dev/full", 2, "No space left on device"),
        ("nodeportkit read $REAL --save /dev/full > /dev/null", 2, "No space left on device"),
        ("nodeportkit read $REAL --save . > /dev/null", 2, ".: Is a directory"),
        ("yes '{\"kind\":' | head -c 40M | nodeportkit read -; (exit ${PIPESTATUS[2]})", 2, "nested too deeply"),
        ("head -c 40M /dev/zero | tr '\\0' '[' | nodeportkit read -; (exit ${PIPESTATUS[2]})", 2, "standard input"),
    ],
)
def test_streams_that_are_closed_full_or_junk(line, code, said):
    found, out, err = through_a_shell(line)
    assert (found, out) == (code, "")
    assert said in err
    assert (err.count("\n"), err.startswith("nodeportkit: ")) == (1, True)


def test_who_stops_reading_gets_the_exit_code_all_the_same():
    assert through_a_shell("nodeportkit audit $REAL -o html | head -c 1") == (1, "<", "")
    assert through_a_shell("nodeportkit audit $REAL > /dev/null") == (1, "", "")
    assert through_a_shell("nodeportkit audit $REAL >&-") == (1, "", "")
    assert through_a_shell("nodeportkit read nothing.json 2>&-") == (2, "", "")


def test_a_narrow_terminal_breaks_no_word_and_a_poor_one_gets_signs_it_has():
    _, out, _ = through_a_shell("nodeportkit chain myapp-service $ARTICLE", COLUMNS="40", ARTICLE=str(ARTICLE))
    said, _, _ = out.partition("  kubectl")
    assert max(len(line) for line in said.splitlines()) <= 40
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for command in ("chain web", "audit", "migrate web --to Gateway", "rules --node node-1", "chain web -o html"):
        code, out, err = through_a_shell(f"nodeportkit {command} $REAL", **poor)
        assert (code in (0, 1), err) == (True, ""), command
        assert out


def test_line_ends_of_windows_change_nothing(tmp_path):
    for path, command in ((REAL, ("chain", "web")), (ARTICLE, ("diagnose", "myapp-service"))):
        windows = tmp_path / path.name
        windows.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert run(*command, windows) == run(*command, path)


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="needs a user who is not root")
def test_a_file_without_permission(tmp_path):
    path = tmp_path / "secret.json"
    path.write_text("{}")
    path.chmod(0)
    code = (
        "import sys; from nodeportkit.cli.intake import content\n"
        f"try: content({str(path)!r})\nexcept Exception as error: print(error)"
    )
    # Root may read everything but where it has given up the right to.
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    command = [sys.executable, "-c", code]
    done = subprocess.run([*drop, *command] if os.geteuid() == 0 else command, capture_output=True, check=False)
    assert "secret.json: cannot be opened: Permission denied" in done.stdout.decode()


def test_a_service_that_is_not_there_names_the_nearest():
    code, _, err = run("chain", "wep", REAL)
    assert code == 2
    assert "Did you mean shop/web?" in err


def test_nobody_is_left_waiting_when_the_output_is_cut_off():
    reader = subprocess.Popen(
        [BIN / "nodeportkit", "read", "--frame", "endpoints", str(REAL)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    reader.stdout.read(10)
    reader.stdout.close()
    assert reader.stderr.read() == b""
    reader.stderr.close()
    assert reader.wait(timeout=60) == 0


# Untrusted text and colours


def hostile():
    labels = {"app": "web"}
    metadata = {"name": "web\x1b[31m\u202e<script>alert(1)</script>", "namespace": "shop", "labels": labels}
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"type": "NodePort", "selector": {"app": "web"}},
    }
    service["spec"]["ports"] = [{"port": 80, "nodePort": 30080, "name": '=HYPERLINK("http://x")'}]
    return json.dumps(service)


@pytest.mark.parametrize("form", ["text", "csv", "html"])
def test_no_escape_of_a_stranger_reaches_terminal_or_page(form):
    for frame in ("services", "ports"):
        _, out, _ = run("read", "--frame", frame, "-o", form, "-", data=hostile())
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "<script>" not in out or form != "html"
        if form == "csv":
            assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(out)) for cell in row)


def test_colours_are_for_terminals_and_for_those_who_ask():
    assert "\x1b[" not in run("chain", "web", REAL)[1]
    assert "\x1b[" in run("--color", "always", "chain", "web", REAL)[1]
    assert "\x1b[" in run("chain", "web", REAL, env={"FORCE_COLOR": "1"})[1]
    assert "\x1b[" not in run("chain", "web", REAL, env={"NO_COLOR": "1"})[1]


# A live cluster, by way of kubectl


@pytest.fixture
def kubectl(tmp_path):
    """A kubectl that prints the objects of a real cluster and notes what it was asked for."""
    path = tmp_path / "bin" / "kubectl"
    path.parent.mkdir()
    path.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {tmp_path}/asked\n'
        'case "$*" in *configmap*) echo "Error from server (NotFound): no" >&2; exit 1;;\n'
        '*away*) echo "Unable to connect to the server" >&2; exit 1;;\n'
        '*forbidden* | *events*no-events*) echo "Error from server (Forbidden): no" >&2; exit 1;; esac\n'
        f"cat {REAL}\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def path_with(kubectl):
    return {"PATH": f"{kubectl / 'bin'}:{os.environ['PATH']}"}


def test_a_context_is_asked_by_way_of_kubectl(kubectl):
    code, out, _ = run("chain", "web", "--context", "prod", env=path_with(kubectl))
    assert code == 0
    assert out.startswith("web reaches 5 of 6 pods")
    asked = (kubectl / "asked").read_text()
    assert "--context prod" in asked
    assert "get --raw /api/v1/pods?limit=500" in asked  # of all namespaces
    assert "secret" not in asked
    (kubectl / "asked").unlink()
    run("read", "--context", "prod", "-n", "shop", env=path_with(kubectl))
    asked = (kubectl / "asked").read_text()
    assert "/namespaces/shop/pods" in asked
    assert "/api/v1/nodes" in asked


def test_the_plugin_asks_the_current_context(kubectl):
    code, out, _ = run("chain", "shop/web", name="kubectl-nodeport", env=path_with(kubectl))
    assert code == 0
    assert out.startswith("web reaches 5 of 6 pods")
    _, usage, _ = run("--help", name="kubectl-nodeport")
    assert usage.startswith("Usage: kubectl nodeport ")


def test_what_kubectl_complains_of_is_passed_on(kubectl):
    code, _, err = run("read", "--context", "forbidden", env=path_with(kubectl))
    assert code == 2
    assert err == "nodeportkit: forbidden: /api/v1/services: Error from server (Forbidden): no\n"
    code, out, err = run("chain", "web", "--context", "no-events", env=path_with(kubectl))
    assert (code, out.splitlines()[0]) == (0, "web reaches 5 of 6 pods on 3 nodes")
    assert err == "Not everything could be read: no-events: /api/v1/events: Error from server (Forbidden): no\n"
    code, _, err = run("chain", "web", "--context", "away", env=path_with(kubectl))
    assert (code, err) == (2, "nodeportkit: away: kubectl got no answer: Unable to connect to the server\n")


def test_without_kubectl_there_is_a_way_out(tmp_path):
    code, _, err = run("read", "--context", "prod", env={"PATH": str(tmp_path)})
    assert code == 2
    assert "Install it, or give files" in err
