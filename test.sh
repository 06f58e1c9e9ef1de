#!/usr/bin/env bash
# Builds everything and runs every test, on real PostgreSQL and Redis processes that the tests start themselves.
#
#   ./test.sh          all tests, with coverage
#   ./test.sh --full   the longer runs too, for some hours (tests see NEUROLAB_FULL=1)
#
# Needs the .NET SDK; installs redis-server, postgresql, wrk, chromium and Node.js with npm with apt where they are missing (root or sudo).
# The last line is "N passed, N failed"; the exit code is 0 only if every project ran, nothing failed and enough lines are covered.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
results="$root/artifacts/test"
projects=(ArchitectureTests UnitTests IntegrationTests)
patience=10m # of one test, before it counts as hanging
minimum=85 # per cent of the lines of Domain, Application and Infrastructure together

passed=0
failed=0
status=1
policy=""
finish() {
  [ -z "$policy" ] || as_root rm -f "$policy" || true
  echo "$passed passed, $failed failed"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

case "${1:-}" in
  "") ;;
  --full)
    export NEUROLAB_FULL=1
    patience=2h
    ;;
  *)
    echo "usage: $0 [--full]" >&2
    exit 2
    ;;
esac

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Another apt may be at work: wait for its lock, and try again.
apt_get() {
  local try
  for try in 1 2 3 4 5; do
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 -o APT::Install-Recommends=false "$@" >"$results/apt.log" 2>&1; then
      return 0
    fi
    [ "$try" -eq 5 ] || sleep 5
  done
  cat "$results/apt.log" >&2
  echo "apt-get $* failed." >&2
  return 1
}

has_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

install_missing() {
  local missing=()
  command -v redis-server >/dev/null || missing+=(redis-server)
  has_postgres || missing+=(postgresql)
  # Asks the service in the benchmark of HTTP, which is run small.
  command -v wrk >/dev/null || missing+=(wrk)
  # Shows the page to the tests of it.
  [ -x /usr/bin/chromium ] || missing+=(chromium)
  # For the page itself, and the linter and the generated client of tests/OpenApi; their packages are installed from their lock files.
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. There is no apt-get here: install them by hand." >&2
    return 1
  fi

  echo "Installing ${missing[*]}"
  # The tests start servers of their own on free ports: the packages need not start any.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  apt_get update
  apt_get install "${missing[@]}"
}

# The linter of tests/OpenApi asks for a newer Node.js than Debian 12 has, 18: there it says so, and works. Neither it nor the page is built with an older one.
check_node() {
  local version
  version=$(node --version)
  version=${version#v}
  if ! [ "${version%%.*}" -ge 18 ] 2>/dev/null; then
    echo "Node.js ${version:-of no version} at $(command -v node) is too old for the page and tests/OpenApi: put 18 or newer first in PATH." >&2
    return 1
  fi
}

# Sums one counter over the counters of a results file.
counter() {
  sed -n "s/.*<Counters.* $1=\"\([0-9]*\)\".*/\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

run_project() {
  local project=$1 dir="$results/$1" code=0 good bad skipped
  echo "== $project"
  dotnet test "$root/tests/$project/$project.csproj" --configuration Release --no-build --nologo \
    --settings "$root/tests/coverage.runsettings" --collect "XPlat Code Coverage" --results-directory "$dir" \
    --logger "trx;LogFileName=$project.trx" --logger "console;verbosity=minimal" \
    --blame-hang-timeout "$patience" --blame-hang-dump-type none || code=$?

  if [ ! -s "$dir/$project.trx" ]; then
    echo "$project did not run." >&2
    return 1
  fi
  good=$(counter passed "$dir/$project.trx")
  bad=$(($(counter failed "$dir/$project.trx") + $(counter error "$dir/$project.trx") + $(counter timeout "$dir/$project.trx") + $(counter aborted "$dir/$project.trx")))
  skipped=$(counter notExecuted "$dir/$project.trx")
  passed=$((passed + good))
  failed=$((failed + bad))
  [ "$skipped" -eq 0 ] || echo "$project: $skipped skipped"
  if [ "$good" -eq 0 ]; then
    echo "$project ran no test." >&2
    return 1
  fi
  if [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; then
    echo "$project did not come to its end." >&2
  fi
  [ "$code" -eq 0 ]
}

# A line counts as covered if any run of any project hit it.
print_coverage() {
  local reports
  mapfile -t reports < <(find "$results" -name coverage.cobertura.xml)
  if [ ${#reports[@]} -eq 0 ]; then
    echo "No coverage was collected." >&2
    return 1
  fi
  echo "== Line coverage"
  awk -v minimum="$minimum" '
    function value(name,   from, text) {
      from = index($0, " " name "=\"")
      if (from == 0) return ""
      text = substr($0, from + length(name) + 3)
      return substr(text, 1, index(text, "\"") - 1)
    }
    BEGIN { RS = "<"; split("Domain Application Infrastructure", layer, " ") }
    /^source>/ { source = substr($0, 8); sub(/[ \n\r]*$/, "", source); sub(/\/$/, "", source) }
    /^package / { package = value("name"); sub(/^NeuroLab\./, "", package) }
    /^class / { file = value("filename"); if (file !~ /^\//) file = source "/" file }
    /^line / {
      line = package SUBSEP file SUBSEP value("number")
      if (!(line in seen)) { seen[line] = 1; lines[package]++ }
      if (value("hits") + 0 > 0 && !(line in hit)) { hit[line] = 1; covered[package]++ }
    }
    END {
      for (i = 1; i <= 3; i++) {
        name = layer[i]
        if (lines[name] == 0) { printf "%-16s nothing measured\n", name; bad = 1; continue }
        printf "%-16s %5.1f %%  (%d of %d lines)\n", name, 100 * covered[name] / lines[name], covered[name], lines[name]
        all += lines[name]; good += covered[name]
      }
      if (all > 0) printf "%-16s %5.1f %%  (%d of %d lines)\n", "together", 100 * good / all, good, all
      if (all == 0 || 100 * good < minimum * all) { printf "Below the %d %% that are asked for.\n", minimum; bad = 1 }
      exit bad
    }' "${reports[@]}"
}

# A known weakness fails; where the feed carries no such data that is said, and nothing fails: there "none found" would mean nothing.
check_dependencies() {
  local report="$results/vulnerable.log" feed
  echo "== Known weaknesses of packages"
  if ! timeout 120 dotnet list "$root/NeuroLab.sln" package --vulnerable --include-transitive >"$report" 2>&1; then
    echo "The package feed could not be asked: nothing was checked."
    return 0
  fi
  if grep -q 'has the following vulnerable packages' "$report"; then
    cat "$report"
    return 1
  fi
  feed=$(sed -n 's/^ *\(https:[^ ]*\)$/\1/p' "$report" | head -1)
  if curl -fsS --max-time 20 "$feed" 2>/dev/null | grep -q VulnerabilityInfo; then
    echo "None known to the feed."
  else
    echo "The package feed carries no vulnerability data: nothing was checked."
  fi
}

if ! command -v dotnet >/dev/null; then
  echo "The .NET SDK is missing: https://dotnet.microsoft.com/download" >&2
  exit 1
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Leave no build servers behind.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

rm -rf "$results"
mkdir -p "$results"
install_missing
check_node

echo "== Build"
dotnet build "$root/NeuroLab.sln" --configuration Release --nologo --verbosity quiet

ok=1
check_dependencies || ok=0
for project in "${projects[@]}"; do
  run_project "$project" || ok=0
done
print_coverage || ok=0

if [ "$ok" -eq 1 ] && [ "$failed" -eq 0 ]; then
  status=0
fi
