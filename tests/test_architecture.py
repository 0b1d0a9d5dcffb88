"""The house as the design draws it: who may import whom, and who may start a process."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
APPS = ("media", "articles", "newsroom")
LONGEST_FILE = 500
# The one door to processes, and the first program behind it.
MAY_START_PROCESSES = {"media/jail.py", "media/jailed/launcher.py"}
STARTERS = re.compile(
    r"subprocess(\..*)?|multiprocessing(\..*)?|pty(\..*)?|concurrent\.futures\.ProcessPoolExecutor|"
    r"os\.(fork|forkpty|exec\w+|spawn\w+|posix_spawnp?|system|popen)|"
    r"asyncio\.(create_subprocess_\w+|subprocess(\..*)?)"
)
# In the order of the layers: each imports only what stands before it, in its own app.
LAYERS = ("core", "models", "verbs", "tasks", "edges")
EDGES = {"views", "admin", "forms", "urls", "apps", "checks", "management"}


@cache
def sources() -> dict[str, str]:
    """Our code by its path, without migrations, which Django writes."""
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if "migrations" not in path.parts
    }


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(sources()[path])


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {module_of(path): path for path in sources()}


def imported(node: ast.AST) -> list[str]:
    """The dotted names that one statement imports, the modules among them as far as known."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def imports_of(path: str) -> set[str]:
    """Every dotted name that a file imports, wherever in it."""
    return {name for node in ast.walk(tree(path)) for name in imported(node)}


def our_modules(path: str) -> set[str]:
    """The modules of ours that a file imports; a name taken from a module counts as the module."""
    found = set()
    for name in imports_of(path):
        module = name if name in MODULES else name.rpartition(".")[0]
        if module in MODULES:
            found.add(module)
    return found - {module_of(path)}


def layer(module: str) -> str:
    parts = module.split(".")
    part = parts[1] if len(parts) > 1 else ""
    if part in ("core", "models", "tasks"):
        return part
    return "edges" if part in EDGES else "verbs"


# Processes ----------------------------------------------------------------------------------


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def process_starters(module: ast.Module) -> list[str]:
    """What in a file starts processes: an import of it, or a call of it."""
    found = [name for node in ast.walk(module) for name in imported(node)]
    found += [dotted(node) for node in ast.walk(module) if isinstance(node, ast.Attribute)]
    return sorted({name for name in found if STARTERS.fullmatch(name)})


def test_no_other_module_starts_a_process():
    found = {path: process_starters(tree(path)) for path in sources()}

    assert {path for path, names in found.items() if names} == MAY_START_PROCESSES


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess",
        "from subprocess import run",
        "import os\nos.system('x')",
        "import os\nos.fork()",
        "from os import execv",
        "import os\nos.spawnlp(0, 'x')",
        "import os\nos.popen('x')",
        "import multiprocessing.pool",
        "import pty",
        "import asyncio\nasyncio.create_subprocess_exec('x')",
        "from asyncio import create_subprocess_shell",
    ],
)
def test_every_way_to_start_a_process_is_noticed(code):
    assert process_starters(ast.parse(code)) != []


# Imports ------------------------------------------------------------------------------------


def crossings(app: str, *forbidden: str) -> list[tuple[str, str]]:
    return sorted(
        (path, name)
        for path in sources()
        if path.startswith(f"{app}/")
        for name in imports_of(path)
        if name.split(".")[0] in forbidden
    )


def test_media_knows_nothing_of_articles_or_of_the_whole():
    assert crossings("media", "articles", "newsroom", "demo_footage") == []


def test_articles_know_nothing_of_the_whole():
    assert crossings("articles", "newsroom") == []


def test_nothing_of_ours_imports_its_tests():
    assert [crossing for app in APPS for crossing in crossings(app, "tests")] == []


@pytest.mark.parametrize("app", ["media", "articles"])
def test_imports_run_from_the_core_outwards(app):
    upwards = [
        (module, other)
        for module, path in MODULES.items()
        if module.startswith(f"{app}.") and not module.startswith("media.jailed")
        for other in our_modules(path)
        if LAYERS.index(layer(other)) > LAYERS.index(layer(module))
    ]

    assert sorted(upwards) == []


@pytest.mark.parametrize("app", ["media", "articles"])
def test_only_doors_import_what_the_queue_calls(app):
    found = [
        (module, other)
        for module, path in MODULES.items()
        for other in our_modules(path)
        if other == f"{app}.tasks"
    ]

    assert found == []


@pytest.mark.parametrize("app", ["media", "articles"])
def test_the_core_is_pure(app):
    impure = ("django", "celery", "os", "socket", "shutil", "tempfile", "time", "random")
    found = [
        (path, name)
        for path in sources()
        if path.startswith(f"{app}/core/")
        for name in imports_of(path)
        if name.split(".")[0] in impure
        or (name.split(".")[0] in APPS and not re.match(r"\w+\.core\b", name))
    ]

    assert found == []


def test_what_runs_in_the_jail_imports_nothing_of_ours_but_the_core():
    found = [
        (path, name)
        for path in sources()
        if path.startswith("media/jailed/")
        for name in our_modules(path)
        if not name.startswith(("media.core", "media.jailed"))
    ]

    assert found == []


def knots(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import one another in a circle."""
    reach = {module: reachable(graph, module) for module in graph}
    groups = {
        tuple(sorted(other for other in reach[module] if module in reach[other]))
        for module in graph
    }
    return sorted(list(group) for group in groups if group)


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def test_no_modules_import_one_another_in_a_circle():
    assert knots({module: our_modules(path) for module, path in MODULES.items()}) == []


def test_a_circle_would_be_found():
    graph = defaultdict(set, {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})

    assert knots(graph) == [["a", "b", "c"]]


def test_no_import_hides_in_a_function():
    """But where a comment beside it gives the reason."""
    found = [
        f"{path}:{statement.lineno}"
        for path, text in sources().items()
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Import | ast.ImportFrom)
        and not re.search(r"noqa: PLC0415 - \w", text.splitlines()[statement.lineno - 1])
    ]

    assert found == []


# Size, migrations, commands, words ----------------------------------------------------------


def test_every_file_is_short_enough_to_be_read_in_one_sitting():
    lengths = {path: len(text.splitlines()) for path, text in sources().items()}

    assert {path: length for path, length in lengths.items() if length >= LONGEST_FILE} == {}


@pytest.mark.django_db
def test_the_migrations_are_those_of_the_models():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def our_commands() -> dict[str, str]:
    return {name: app for name, app in get_commands().items() if app in APPS}


def test_every_command_says_what_it_is_for():
    helps = {name: load_command_class(app, name).help for name, app in our_commands().items()}

    assert len(helps) >= 8
    assert {name: text for name, text in helps.items() if not text.endswith(".")} == {}


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_every_variable():
    settings = sources()["newsroom/settings.py"]
    names = set(re.findall(r'"((?:NEWSROOM|DATABASE|REDIS)_[A-Z0-9_]+)"', settings))

    assert len(names) >= 10
    assert {name for name in names if name not in readme()} == set()


def test_the_readme_names_every_command():
    assert {name for name in our_commands() if f"{name}" not in readme()} == set()
