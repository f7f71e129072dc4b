#!/bin/sh
# Says what is missing before the suite for a whole LMS can run: check_platform.sh PLATFORM PYTHON
platform="$1" python="$2"
fail() {
	echo "make platform-test: $1" >&2
	exit 1
}
[ -n "$platform" ] && [ -n "$python" ] || fail "say where an LMS is: make platform-test \
PLATFORM=/path/to/edx-platform PYTHON=/path/to/its/virtualenv/bin/python (docs/platform_test.rst says how to get one)."
[ -f "$platform/lms/envs/test.py" ] || fail "PLATFORM=$platform is no checkout of edx-platform: it has no lms/envs/test.py."
"$python" -c '' 2>/dev/null || fail "PYTHON=$python is no Python interpreter."
for module in django opaque_keys pytest_django; do
	"$python" -c "import $module" 2>/dev/null \
		|| fail "PYTHON=$python lacks $module: install the checkout's requirements/edx/testing.txt there."
done
has_plugin() {
	"$python" -c 'import sys; from importlib.metadata import entry_points as found
sys.exit(sys.argv[1] not in found(group="lms.djangoapp").names)' "$1"
}
has_plugin grades || fail "the checkout itself is not installed for PYTHON=$python: $python -m pip install --no-deps -e $platform"
has_plugin attempts || fail "openedx-attempts is not installed for PYTHON=$python: $python -m pip install -e ."
[ -n "$EDXAPP_TEST_MONGO_HOST" ] || "$python" -c 'import mongomock' 2>/dev/null \
	|| fail "courses need a place: set EDXAPP_TEST_MONGO_HOST to a MongoDB, or keep them in memory: $python -m pip install mongomock"
