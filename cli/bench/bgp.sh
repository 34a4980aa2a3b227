#!/bin/bash
# Torii's BGP engine under full tables beside BIRD and FRR, in one run on one machine.
#
# usage: sudo cli/bench/bgp.sh HARNESS [ROUNDS, default 3] [MODE:N ..., default a:1000000 b:1000000 f:100000 k:10000 p:500]
# HARNESS is the directory of a load generator's run_bgp.sh DAEMON MODE N, which starts a daemon (bird, frr, or `custom` with DUT_CMD) in a network
# namespace, plays its neighbours (192.0.2.2 to .4, AS 65001 to 65003) and prints a line of JSON. Modes: a receive N routes, b pass them on as well, f the same
# with a second neighbour when the first one fails, p N neighbours at once (198.18.1.1 and up), k as a with the routes in the kernel.
# DAEMONS="torii bird frr" takes some only. Each round is every daemon once for each mode; the table has the medians. Measured is the packaged daemon
# (cli/target/torii.jar) with the launcher's JVM flags; TORII_JAVA_OPTS adds some.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -ge 1 ] && [ -x "$1/run_bgp.sh" ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
harness=$1 rounds=${2:-3}
shift $(($# > 1 ? 2 : 1))
cases=${*:-a:1000000 b:1000000 f:100000 k:10000 p:500}
torii=${TORII:-$here/torii}
[ "$(id -u)" = 0 ] || { echo "needs root (network namespaces)" >&2; exit 1; }
[ -n "${TORII:-}" ] || [ -e "$here/cli/target/torii.jar" ] || { echo "missing: cli/target/torii.jar (mvn -DskipTests package)" >&2; exit 1; }
state=$(mktemp -d /tmp/torii-bgp.XXXXXX)
trap 'rm -rf "$state"' EXIT

# configure MODE N: FRR's files for Torii below $state/root
configure() {
  rm -rf "$state/root"
  mkdir -p "$state/root/etc/frr"
  local options=-n each address peers="192.0.2.2:65001"
  [ "$1" != k ] || options=
  case $1 in b) peers+=" 192.0.2.3:65002" ;; f) peers+=" 192.0.2.3:65002 192.0.2.4:65003" ;; esac
  printf 'bgpd=yes\nbgpd_options="%s"\n' "$options" > "$state/root/etc/frr/daemons"
  {
    printf 'router bgp 65000\n bgp router-id 192.0.2.1\n no bgp ebgp-requires-policy\n'
    if [ "$1" = p ]; then
      for ((each = 0; each < $2; each++)); do
        address=198.18.$((1 + (each + 1) / 256)).$(((each + 1) % 256))
        printf ' neighbor %s remote-as 65001\n neighbor %s passive\n' $address $address
      done
    else
      for each in $peers; do printf ' neighbor %s remote-as %s\n neighbor %s passive\n' "${each%:*}" "${each#*:}" "${each%:*}"; done
    fi
  } > "$state/root/etc/frr/bgpd.conf"
}

# measure DAEMON MODE N
measure() {
  local mode=$2 daemon=$1
  [ "$mode" != k ] || mode=a
  case $daemon in
    torii) configure "$2" "$3"
      SETTLE=${SETTLE:-3} IDLE=${IDLE:-10} TORII_NO_BUILD=1 LABEL=torii \
        DUT_CMD="$torii run --root $state/root --run-dir $state/run" "$harness/run_bgp.sh" custom "$mode" "$3" ;;
    bird) if [ "$2" = k ]; then BIRD_KERNEL=1 LABEL=bird "$harness/run_bgp.sh" bird a "$3"
      else IDLE=${IDLE:-10} TMO=${TMO:-60} "$harness/run_bgp.sh" bird "$mode" "$3"; fi ;;
    frr) if [ "$2" = k ]; then LABEL=frr "$harness/run_bgp.sh" frrz a "$3"; else IDLE=${IDLE:-10} "$harness/run_bgp.sh" frr "$mode" "$3"; fi ;;
  esac
}

for ((round = 1; round <= rounds; round++)); do
  for each in $cases; do
    for daemon in ${DAEMONS:-torii bird frr}; do
      line=$(measure "$daemon" "${each%:*}" "${each#*:}" | tail -1) || true
      printf '%s %s %s\n' "$each" "$daemon" "$line" | tee -a "$state/lines" >&2
    done
  done
done

python3 - "$state/lines" <<'PY'
import json, statistics, sys
SHOWN = ["load_s", "load_cpu_s", "bytes_per_route", "hwm_mb", "failover_s", "wd_s", "all_est_s", "lost"]
runs = {}
for line in open(sys.argv[1]):
    case, daemon, rest = line.split(" ", 2)
    try:
        runs.setdefault((case, daemon), []).append(json.loads(rest))
    except ValueError:
        runs.setdefault((case, daemon), [])
print("| mode:N | daemon | runs | " + " | ".join(SHOWN) + " |")
print("|" + "---|" * (3 + len(SHOWN)))
for (case, daemon), results in runs.items():
    cells = []
    for name in SHOWN:
        values = [result[name] for result in results if name in result]
        cells.append(f"{statistics.median(values):g}" if values else "")
    print(f"| {case} | {daemon} | {len(results)} | " + " | ".join(cells) + " |")
PY
