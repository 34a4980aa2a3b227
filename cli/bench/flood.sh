#!/bin/bash
# Garbage from a stranger to gw1's port 4500, while TCP goes both ways through Torii: fails if less than SHARE of the undisturbed throughput is left, or if gw1's
# memory has grown by more than 64 MB. The network is drawn in gateways.sh.
#
# usage: sudo cli/bench/flood.sh [DATAGRAMS A SECOND, default 100000] [SHARE, default 0.5]      (a minute and a quarter)
set -euo pipefail
. "$(dirname "$0")/gateways.sh"
flood=${1:-100000}
share=${2:-0.5}
begin torii
product=torii
up

stranger() {   # a host on a wire of its own to gw1, that sends datagram by datagram
  local p=$prefix-$product
  ip netns add "$p-bad"
  ip link add bad0 netns "$p-bad" type veth peer name bad0 netns "$p-gw1"
  ip -n "$p-gw1" addr add 203.0.113.1/24 dev bad0
  ip -n "$p-bad" addr add 203.0.113.2/24 dev bad0
  ip -n "$p-gw1" link set bad0 up
  ip -n "$p-bad" link set bad0 up
  ip -n "$p-bad" route add default via 203.0.113.1
  in_ns bad ethtool -K bad0 tso off gso off tx-udp-segmentation off > /dev/null 2>&1 || true
}

garbage() {   # for so many seconds; prints how many a second were sent
  in_ns bad python3 - "$1" "$flood" <<'PY'
import os, random, socket, sys, time
SEGMENT, DATAGRAM, AT_ONCE = 103, 100, 50            # UDP_SEGMENT: one call for many, which the wire carries one by one
seconds, rate = float(sys.argv[1]), int(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_UDP, SEGMENT, DATAGRAM)
s.connect(("192.0.2.1", 4500))
def one():                                           # of ten, nine with the SPI of no SA, one with the marker of IKE
    return (bytes(4) if random.random() < 0.1 else b"\x01") + os.urandom(DATAGRAM)
batches = [b"".join(one()[:DATAGRAM] for _ in range(AT_ONCE)) for _ in range(32)]
began, sent = time.monotonic(), 0
while (passed := time.monotonic() - began) < seconds:
    while sent < passed * rate:
        s.send(batches[sent // AT_ONCE % len(batches)])
        sent += AT_ONCE
    time.sleep(0.0005)
print(round(sent / seconds))
PY
}

resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(cat "$state/$product-gw1.pid")/status"; }

stranger
tcp there 1 5
tcp back 1 5
garbage 2 > /dev/null                                # memory grows to what this needs
before=$(resident)
: > "$state/results"
for _ in 1 2 3; do
  for direction in there back; do
    tcp $direction 1 3
    garbage 4 > "$state/sent" & stranger=$!
    pause 0.5
    tcp $direction 1 3 flooded-$direction-1
    wait $stranger
    echo "torii garbage-$direction $(cat "$state/sent")" >> "$state/results"
  done
done
status=0
python3 - "$state/results" "$share" "$before" "$(resident)" <<'PY' || status=$?
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    _, what, value = line.split()
    runs.setdefault(what, []).append(float(value))
least, before, after = float(sys.argv[2]), int(sys.argv[3]) / 1024, int(sys.argv[4]) / 1024
shares = []
for direction in ("there", "back"):
    calm, flooded = runs[f"tcp-{direction}-1"], runs[f"flooded-{direction}-1"]
    shares.append(statistics.median(bad / good for bad, good in zip(flooded, calm)))
    print(f"{direction}: {statistics.median(calm):.2f} Gbit/s undisturbed, {statistics.median(flooded):.2f} beside {statistics.median(runs['garbage-' + direction]) / 1e3:.0f} "
          f"thousand datagrams of garbage a second: {100 * shares[-1]:.0f} %")
print(f"gw1's memory: {before:.0f} MB before, {after:.0f} MB after")
sys.exit(0 if min(shares) >= least and after - before < 64 else 1)
PY
in_ns gw1 "$torii" traffic --run-dir "$state/torii-gw1/run" | tail -1
exit $status
