#!/bin/bash
# The packet path of Torii beside strongSwan's userspace ESP (kernel-libipsec), a current wireguard-go and OpenVPN, in one run on one machine: prints the
# tables of esp/README.md. The network is drawn in gateways.sh.
#
# usage: sudo cli/bench/dataplane.sh [SECONDS a measurement, default 4] [ROUNDS, default 5]     (18 minutes; 5 with one round)
#        sudo cli/bench/dataplane.sh --at-least RATIO      the short run of .ci/run: fails if Torii is below RATIO times kernel-libipsec
#
# All products are up at once and idle but for the one whose turn it is; each round is every product once; the tables have the medians of the rounds.
# They and their hosts run ahead of other work, see gateways.sh. Ratios count, absolute figures are this machine's: both gateways and both hosts share its
# cores. `idle` comes after traffic has warmed the products up.
# PRODUCTS="torii libipsec" takes some only, PARTS="idle tcp" some measurements: idle (ping), tcp, busy (ping beside 300 Mbit/s), small (64-byte datagrams;
# LADDER="25000 50000" are other rates), outer (an outer link that segments nothing, with and without a receiver that merges), tunnels (one, two, four).
set -euo pipefail
. "$(dirname "$0")/gateways.sh"
go_ahead

if [ "${1:-}" = --at-least ]; then
  least=$2
  begin libipsec torii
  . "$here/cli/bench/gate.sh"
  exit
fi

seconds=${1:-4}
rounds=${2:-5}
products=${PRODUCTS:-libipsec wireguard openvpn torii}
parts=${PARTS:-idle tcp busy small outer tunnels}
ladder=${LADDER:-25000 50000 75000 100000 125000 150000}
has() { case " $parts " in *" $1 "*) ;; *) return 1 ;; esac; }
has tunnels && four=four || four=
case " $products " in *" torii "*) ;; *) four= ;; esac
begin $products $four

least() { printf '%s\n' "$@" | sort -n | head -1; }
datagram_buffer=$(least "$(cat /proc/sys/net/core/rmem_max)" "$(cat /proc/sys/net/core/wmem_max)" 4194304)    # hostB's, so that it is not its loss that is measured

pings() {   # idle or busy
  measured ha ping -c 200 -i 0.01 10.102.0.2 > "$state/ping.txt" || true
  python3 - "$state/ping.txt" "$product" "$1" >> "$state/results" <<'PY'
import re, sys
times = sorted(float(t) for t in re.findall(r"time=([\d.]+)", open(sys.argv[1]).read()))
if times:
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        print(sys.argv[2], f"ping-{sys.argv[3]}-{name}", times[min(len(times) - 1, int(share * len(times)))])
PY
}

dropped() {   # so far: in gw1's TUN, in gw2's socket, in hostB's socket
  local tun
  tun=$(in_ns gw1 sh -c 'for d in /sys/class/net/*; do [ ! -e $d/tun_flags ] || cat $d/statistics/tx_dropped; done' | awk '{s += $1} END {print s + 0}')
  echo "$tun" $(for ns in gw2 hb; do in_ns $ns sed -n 's/^Udp: [0-9]* [0-9]* [0-9]* [0-9]* \([0-9]*\).*/\1/p' /proc/net/snmp; done)
}

small() {   # the highest rate of the ladder that gets through with less than 1 % lost: thousands a second, and microseconds of CPU a packet and gateway
  local rate before after drops
  echo "$product held 0 0" > "$state/held"
  for rate in $ladder; do
    drops=$(dropped)
    before=$(cpu)
    measured ha iperf3 -u -c 10.102.0.2 -t 2 -l 64 -b $((rate * 512)) -w "$datagram_buffer" -J > "$state/iperf.json" || break
    after=$(cpu)
    python3 - "$state/iperf.json" $((after - before)) "$product" "$rate" "$drops" "$(dropped)" "$state/results" > "$state/rung" <<'PY' || break
import json, sys
of = json.load(open(sys.argv[1]))["end"]["sum"]
product, rate = sys.argv[3:5]
received, lost = of["packets"] - of["lost_packets"], 100 * of["lost_packets"] / max(1, of["packets"])
with open(sys.argv[7], "a") as results:
    print(product, f"lost-{rate}", lost, file=results)
if lost >= 1 or of["packets"] < 0.9 * 2 * int(rate):
    where = zip(("gw1's TUN", "gw2's socket", "hostB's socket"), sys.argv[5].split(), sys.argv[6].split())
    sys.exit(f"{product}, {rate} datagrams a second: {of['packets']} sent in {of['seconds']:.1f} s, {lost:.2f} % lost, of these "
             + ", ".join(f"{int(now) - int(then)} in {name}" for name, then, now in where))
print(product, "held", received / of["seconds"] / 1e3, int(sys.argv[2]) / 100 / 2 / received * 1e6)
PY
    cp "$state/rung" "$state/held"
  done
  awk '{print $1, "udp64-kpps", $3; if ($3 > 0) print $1, "udp64-us", $4}' "$state/held" >> "$state/results"
}

outer() {
  outer_link off on
  tcp there 1 "$seconds" unsegmented
  outer_link off off
  tcp there 1 "$seconds" unmerged
  outer_link on off
}

tunnels() {   # so many at once, four streams in all
  local n before after clients=()
  before=$(cpu)
  for n in $(seq 0 $(($1 - 1))); do
    in_ns ha iperf3 -c "10.102.$n.2" -p $((5201 + n)) -t "$seconds" -P $((4 / $1)) -J > "$state/iperf-$n.json" &
    clients+=($!)
  done
  wait "${clients[@]}" || fail "iperf3 failed: $(tail -qn 5 "$state"/iperf-?.json)"
  after=$(cpu)
  python3 - $((after - before)) "tunnels-$1" $(for n in $(seq 0 $(($1 - 1))); do echo "$state/iperf-$n.json"; done) >> "$state/results" <<'PY'
import json, sys
received = [json.load(open(of))["end"]["sum_received"] for of in sys.argv[3:]]
print("torii", sys.argv[2], sum(r["bits_per_second"] for r in received) / 1e9)
print("torii", "cpu-" + sys.argv[2], int(sys.argv[1]) / 100 / 2 / (sum(r["bytes"] for r in received) / 2**30))
PY
}

for product in $products $four; do up; done
for product in $products; do tcp there 1 5; tcp back 4 5; done        # what a JVM compiles late, and caches
for product in $four; do tunnels 4; tunnels 2; done
: > "$state/results"
for round in $(seq "$rounds"); do
  for product in $products; do
    if has idle; then pings idle; fi
    if has tcp; then for direction in there back; do for streams in 1 4; do tcp $direction $streams "$seconds"; done; done; fi
    if has busy; then
      in_ns ha iperf3 -c 10.102.0.2 -t 4 -b 300M > /dev/null & load=$!
      pause 0.5
      pings busy
      wait $load || true
    fi
    if has small; then small; fi
    if has outer; then outer; fi
  done
  for product in $four; do for n in 1 2 4; do tunnels $n; done; done
  echo "round $round of $rounds" >&2
done
python3 "$here/cli/bench/tables.py" "$state/results" $products
jdk=$(tr '\0' '\n' < "/proc/$(cat "$state/torii-gw1.pid" 2> /dev/null)/cmdline" 2> /dev/null | head -1 || true)
echo
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), $([ -x "$jdk" ] && "$jdk" --version | sed -n 2p || echo "no JDK");" \
  "commit $(git -c safe.directory='*' -C "$here" describe --always --dirty --exclude='*' 2> /dev/null || echo unknown); medians of $rounds rounds of $seconds s;" \
  "load average at the end $(cut -d' ' -f1 /proc/loadavg)"
