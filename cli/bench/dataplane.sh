#!/bin/bash
# The packet path of Torii beside strongSwan's userspace ESP (kernel-libipsec), a current wireguard-go and OpenVPN, in one run on one machine:
#
#   hostA 10.101.0.2 -- gw1 192.0.2.1 ==tunnel over UDP== 192.0.2.2 gw2 -- hostB 10.102.0.2      (four network namespaces for each product)
#
# usage: sudo cli/bench/dataplane.sh [SECONDS a measurement, default 10] [ROUNDS, default 5]
#        sudo cli/bench/dataplane.sh --at-least RATIO      the short run of .ci/run: fails if Torii is below RATIO times kernel-libipsec
#        sudo cli/bench/dataplane.sh --flooded PACKETS_A_SECOND [SHARE, default 0.5]
# The last: garbage from a stranger to gw1's port 4500, while TCP goes both ways through Torii; fails if less than SHARE of the undisturbed throughput is left,
# or if gw1's memory has grown by more than 64 MB.
# Measured is the packaged daemon (cli/target/torii.jar, with the launcher's JVM flags): replay window, selectors and counters on. All have AES-256-GCM but
# wireguard-go, which has ChaCha20-Poly1305. All products are up at once and idle but for the one whose turn it is; each round is every product once; the
# table has the medians of the rounds. Ratios count, absolute figures are this machine's: both gateways and both hosts share its cores.
# PRODUCTS="torii libipsec" takes some only; LADDER="25000 50000" are other rates of 64-byte datagrams; NOSEGMENT=1: the outer link neither segments nor merges.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
. "$here/cli/bench/packages.sh"
prefix=tbn
torii=${TORII:-$here/torii}
ladder=${LADDER:-25000 50000 75000 100000 150000 200000}
at_least= flooded=
if [ "${1:-}" = --at-least ]; then
  at_least=$2
  products="libipsec torii"
elif [ "${1:-}" = --flooded ]; then
  flooded=$2
  share=${3:-0.5}
  products=torii
else
  seconds=${1:-10}
  rounds=${2:-5}
  products=${PRODUCTS:-libipsec wireguard openvpn torii}
fi
state=$(mktemp -d /tmp/torii-bench.XXXXXX)
pids=()

fail() { echo "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "needs root (network namespaces)"
[ -n "${TORII:-}" ] || [ -e "$here/cli/target/torii.jar" ] || fail "missing: cli/target/torii.jar (mvn -DskipTests package)"
packages=(iproute2=/usr/sbin/ip iperf3=/usr/bin/iperf3 iputils-ping=/usr/bin/ping python3=/usr/bin/python3)
for product in $products; do
  case $product in
    torii) ;;
    libipsec) packages+=(strongswan-charon=/usr/lib/ipsec/charon strongswan-swanctl=/usr/sbin/swanctl
      libcharon-extra-plugins=/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so
      libstrongswan-standard-plugins=/usr/lib/ipsec/plugins/libstrongswan-openssl.so) ;;
    wireguard) packages+=(wireguard-tools=/usr/bin/wg) ;;
    openvpn) packages+=(openvpn=/usr/sbin/openvpn openssl=/usr/bin/openssl) ;;
    *) fail "no such product: $product" ;;
  esac
done
[ -z "${NOSEGMENT:-}$flooded" ] || packages+=(ethtool=/usr/sbin/ethtool)
need "${packages[@]}"
case " $products " in *" wireguard "*) wireguard_go=$(current_wireguard_go "$here/cli/target/bench/wireguard-go") ;; esac

down() {
  local pid product ns
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2> /dev/null || true; done
  for product in $products; do for ns in ha gw1 gw2 hb bad; do ip netns del "$prefix-$product-$ns" 2> /dev/null || true; done; done
}
trap 'down; rm -rf "$state"' EXIT

pause() { read -rt "$1" <> <(:) || true; }

# All of these are about the product whose turn it is.
in_ns() { local ns=$1; shift; ip netns exec "$prefix-$product-$ns" "$@"; }
start() {   # the namespace, the command; a gateway's process is noted for its CPU time
  local ns=$1
  shift
  ip netns exec "$prefix-$product-$ns" "$@" < /dev/null > "$state/$product-$ns.log" 2>&1 &
  pids+=($!)
  case $ns in gw*) echo $! > "$state/$product-$ns.pid" ;; esac
}

network() {
  local p=$prefix-$product ns device address mtu
  for ns in ha gw1 gw2 hb; do ip netns add "$p-$ns"; ip -n "$p-$ns" link set lo up; done
  ip link add eth0 netns "$p-ha" type veth peer name lan0 netns "$p-gw1"
  ip link add wan0 netns "$p-gw1" type veth peer name wan0 netns "$p-gw2"
  ip link add lan0 netns "$p-gw2" type veth peer name eth0 netns "$p-hb"
  while read -r ns device address mtu; do
    ip -n "$p-$ns" addr add "$address" dev "$device"
    ip -n "$p-$ns" link set "$device" up mtu "$mtu"
  done <<< "ha eth0 10.101.0.2/24 1400
gw1 lan0 10.101.0.1/24 1400
gw1 wan0 192.0.2.1/24 1500
gw2 wan0 192.0.2.2/24 1500
gw2 lan0 10.102.0.1/24 1400
hb eth0 10.102.0.2/24 1400"
  ip -n "$p-ha" route add default via 10.101.0.1
  ip -n "$p-hb" route add default via 10.102.0.1
  for ns in gw1 gw2; do
    in_ns $ns sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    [ -z "${NOSEGMENT:-}" ] || in_ns $ns ethtool -K wan0 tso off gso off gro off tx-udp-segmentation off > /dev/null
  done
  start hb iperf3 -s
}

torii() {   # gateway, own address, peer, own subnet, peer's subnet, auto
  local etc=$state/torii-$1/etc
  mkdir -p "$etc/ipsec.d"
  cat > "$etc/ipsec.d/bench.conf" <<CONF
conn bench
     left=$2
     right=$3
     leftsubnet=$4
     rightsubnet=$5
     authby=secret
     auto=$6
     vti-interface=vti01
     ikev2=no
     ike=aes_cbc256-sha2_384;modp1536
     phase2alg=aes_gcm256;modp1536
     encapsulation=yes
CONF
  (umask 077; echo "$2 $3: PSK \"only-for-this-benchmark\"" > "$etc/ipsec.d/bench.secrets")
  TORII_NO_BUILD=1 start "$1" "$torii" run --root "$state/torii-$1" --run-dir "$state/torii-$1/run"
}

libipsec() {   # the same arguments
  local dir=$state/charon-$1
  mkdir -p "$dir/run"
  cat > "$dir/strongswan.conf" <<CONF
charon {
  load = random nonce openssl hmac kdf pem pkcs1 pubkey x509 kernel-libipsec kernel-netlink socket-default vici updown
  plugins {
    kernel-libipsec { load = yes }
    vici { socket = unix://$dir/run/charon.vici }
  }
}
CONF
  cat > "$dir/swanctl.conf" <<CONF
connections {
  bench {
    version = 1
    local_addrs = $2
    remote_addrs = $3
    encap = yes
    proposals = aes256-sha384-modp1536
    local {
      auth = psk
      id = $2
    }
    remote {
      auth = psk
      id = $3
    }
    children {
      bench {
        local_ts = $4
        remote_ts = $5
        esp_proposals = aes256gcm16-modp1536
      }
    }
  }
}
secrets {
  ike-bench {
    secret = only-for-this-benchmark
  }
}
CONF
  STRONGSWAN_CONF=$dir/strongswan.conf start "$1" unshare -m sh -c "mount --bind $dir/run /run; exec /usr/lib/ipsec/charon"
  for _ in $(seq 100); do [ -S "$dir/run/charon.vici" ] && break; pause 0.1; done
  in_ns "$1" swanctl --load-all --file "$dir/swanctl.conf" --uri "unix://$dir/run/charon.vici" > /dev/null 2>&1
  if [ "$6" = start ]; then in_ns "$1" swanctl --initiate --child bench --uri "unix://$dir/run/charon.vici" > /dev/null 2>&1; fi
}

wireguard() {   # the same arguments; gw1 is the second of the two
  WG_PROCESS_FOREGROUND=1 start "$1" "$wireguard_go" -f "${1}wg"
  for _ in $(seq 100); do in_ns "$1" ip link show "${1}wg" > /dev/null 2>&1 && [ -S "/var/run/wireguard/${1}wg.sock" ] && break; pause 0.1; done
  (umask 077; wg genkey > "$state/$1.key")
  if [ "$1" = gw1 ]; then
    wireguard_peer gw1 gw2 "$3" "$5"
    wireguard_peer gw2 gw1 "$2" "$4"
  fi
}

wireguard_peer() {   # gateway, the other, the other's address, the other's subnet
  in_ns "$1" wg set "${1}wg" listen-port 51820 private-key "$state/$1.key" peer "$(wg pubkey < "$state/$2.key")" allowed-ips "$4" endpoint "$3:51820"
  in_ns "$1" ip link set "${1}wg" mtu 1420 up
  in_ns "$1" ip route add "$4" dev "${1}wg"
}

openvpn() {   # the same arguments; gw1 is the second of the two
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$state/$1.pem" -out "$state/$1.crt" 2> /dev/null
  [ "$1" = gw1 ] || return 0
  openvpn_end gw2 gw1 "$3" "$2" 2 1 "$4" --tls-server
  openvpn_end gw1 gw2 "$2" "$3" 1 2 "$5" --tls-client
}

openvpn_end() {   # gateway, the other, own address, the other's, own number, the other's, the other's subnet, role
  start "$1" /usr/sbin/openvpn --dev ovpn0 --dev-type tun --proto udp4 --local "$3" --lport 1194 --remote "$4" 1194 --disable-dco --data-ciphers AES-256-GCM \
    --cipher AES-256-GCM --ifconfig "10.200.0.$5" "10.200.0.$6" --key "$state/$1.pem" --cert "$state/$1.crt" --dh none --fast-io --sndbuf 4194304 \
    --rcvbuf 4194304 --tun-mtu 1500 --mssfix 0 --txqueuelen 1000 --route "${7%/*}" 255.255.255.0 "$8" \
    --peer-fingerprint "$(openssl x509 -in "$state/$2.crt" -noout -fingerprint -sha256 | cut -d= -f2)"
}

reachable() {
  for _ in $(seq 60); do in_ns ha ping -c 1 -W 1 10.102.0.2 > /dev/null 2>&1 && return; pause 0.2; done
  tail -20 "$state/$product"-gw?.log >&2
  fail "$product: hostB does not answer"
}

cpu() {   # seconds that both gateways' processes have used
  local pid ticks=0
  for pid in $(cat "$state/$product"-gw?.pid); do ticks=$((ticks + $(sed 's/.*) //' "/proc/$pid/stat" | awk '{print $12 + $13}'))); done
  echo "$ticks"
}

note() { echo "$product $*" >> "$state/results"; }

tcp() {   # there or back, streams, seconds, what to call it (tcp): notes Gbit/s, and seconds of CPU for each GiB and gateway
  local before after
  before=$(cpu)
  in_ns ha iperf3 -c 10.102.0.2 -t "$3" -P "$2" $([ "$1" = back ] && echo -R) -J > "$state/iperf.json" || fail "$product: iperf3 failed: $(tail -5 "$state/iperf.json")"
  after=$(cpu)
  python3 - "$state/iperf.json" $((after - before)) "$product" "${4:-tcp}-$1-$2" >> "$state/results" <<'PY'
import json, sys
received = json.load(open(sys.argv[1]))["end"]["sum_received"]
print(sys.argv[3], sys.argv[4], received["bits_per_second"] / 1e9)
print(sys.argv[3], "cpu", int(sys.argv[2]) / 100 / 2 / (received["bytes"] / 2**30))
PY
}

pings() {   # idle or busy
  in_ns ha ping -c 200 -i 0.01 10.102.0.2 > "$state/ping.txt" || true
  python3 - "$state/ping.txt" "$product" "$1" >> "$state/results" <<'PY'
import re, sys
times = sorted(float(t) for t in re.findall(r"time=([\d.]+)", open(sys.argv[1]).read()))
if times:
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        print(sys.argv[2], f"ping-{sys.argv[3]}-{name}", times[min(len(times) - 1, int(share * len(times)))])
PY
}

small() {   # the highest rate of the ladder that gets through with less than 1 % lost: thousands a second, and microseconds of CPU a packet and gateway
  local rate before after
  echo "$product held 0 0" > "$state/held"
  for rate in $ladder; do
    before=$(cpu)
    in_ns ha iperf3 -u -c 10.102.0.2 -t 2 -l 64 -b $((rate * 512)) -J > "$state/iperf.json" || break
    after=$(cpu)
    python3 - "$state/iperf.json" $((after - before)) "$product" "$rate" > "$state/rung" <<'PY' || break
import json, sys
of = json.load(open(sys.argv[1]))["end"]["sum"]
received = of["packets"] - of["lost_packets"]
if received < 0.99 * of["packets"] or of["packets"] < 0.9 * 2 * int(sys.argv[4]):
    sys.exit(f"{sys.argv[3]}, {sys.argv[4]} datagrams a second: {of['packets']} sent in {of['seconds']:.1f} s, {100 - 100 * received / max(1, of['packets']):.2f} % lost")
print(sys.argv[3], "held", received / of["seconds"] / 1e3, int(sys.argv[2]) / 100 / 2 / received * 1e6)
PY
    cp "$state/rung" "$state/held"
  done
  awk '{print $1, "udp64-kpps", $3; if ($3 > 0) print $1, "udp64-us", $4}' "$state/held" >> "$state/results"
}

: > "$state/results"
for product in $products; do
  network
  $product gw2 192.0.2.2 192.0.2.1 10.102.0.0/24 10.101.0.0/24 add
  $product gw1 192.0.2.1 192.0.2.2 10.101.0.0/24 10.102.0.0/24 start
  reachable
done

if [ -n "$at_least" ]; then
  # The best round of each: whatever else the machine does only slows. They take turns, so that both get their chance of a calm moment. One stream: what the
  # slowest part of either product allows. Rounds of two seconds each, after Torii's code has been compiled: three of them, and up to eight while a busy
  # machine has not let Torii show it.
  product=torii
  tcp there 1 5
  : > "$state/results"
  for round in 1 2 3 4 5 6 7 8; do
    for product in libipsec torii; do tcp there 1 2; done
    [ "$round" -ge 3 ] || continue
    status=0
    python3 - "$state/results" "$at_least" > "$state/verdict" <<'PY' || status=$?
import sys
rates, cpu = {"libipsec": [], "torii": []}, {"libipsec": [], "torii": []}
for line in open(sys.argv[1]):
    product, what, value = line.split()
    (rates if what.startswith("tcp") else cpu)[product].append(float(value))
ratio, least = max(rates["torii"]) / max(rates["libipsec"]), float(sys.argv[2])
print("throughput: Torii", " ".join(f"{r:.2f}" for r in rates["torii"]), "Gbit/s, kernel-libipsec", " ".join(f"{r:.2f}" for r in rates["libipsec"]),
      f"Gbit/s; the best to the best {ratio:.1f}, at least {least:g} is asked; CPU-s a GiB and gateway {min(cpu['torii']):.2f} and {min(cpu['libipsec']):.2f}")
sys.exit(0 if ratio >= least else 1)
PY
    [ "$status" != 0 ] || break
  done
  cat "$state/verdict"
  exit $status
fi

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
  ip netns exec "$prefix-$product-bad" python3 - "$1" "$flooded" <<'PY'
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

if [ -n "$flooded" ]; then
  product=torii
  stranger
  tcp there 1 5
  tcp back 1 5
  garbage 2 > /dev/null                                # memory grows to what this needs
  before=$(resident)
  : > "$state/results"
  for _ in 1 2 3; do
    for direction in there back; do
      tcp $direction 1 3
      garbage 4 > "$state/sent" & flood=$!
      pause 0.5
      tcp $direction 1 3 flooded
      wait $flood
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
fi

for product in $products; do tcp there 1 "$seconds"; tcp back 4 "$seconds"; done       # what a JVM compiles late, and caches
: > "$state/results"
for _ in $(seq "$rounds"); do
  for product in $products; do
    pings idle
    for direction in there back; do for streams in 1 4; do tcp $direction $streams "$seconds"; done; done
    in_ns ha iperf3 -c 10.102.0.2 -t 4 -b 300M > /dev/null & load=$!
    pause 0.5
    pings busy
    wait $load || true
    small
  done
done
python3 - "$state/results" $products <<'PY'
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    product, what, value = line.split()
    runs.setdefault((product, what), []).append(float(value))
def median(product, what):
    return statistics.median(runs[product, what]) if (product, what) in runs else float("nan")
names = {"libipsec": "kernel-libipsec", "wireguard": "wireguard-go", "openvpn": "OpenVPN", "torii": "**Torii**"}
tcp = ["tcp-there-1", "tcp-there-4", "tcp-back-1", "tcp-back-4"]
print("| | TCP there, 1 / 4 streams, Gbit/s | back, 1 / 4 | CPU-s a GiB and gateway | 64 B datagrams held, kpps | CPU-us a packet and gateway "
      "| ping idle, p50 / p99, ms | beside 300 Mbit/s |")
print("|---|---|---|---|---|---|---|---|")
for p in sys.argv[2:]:
    m = lambda what: median(p, what)
    print(f"| {names[p]} | {m(tcp[0]):.2f} / {m(tcp[1]):.2f} | {m(tcp[2]):.2f} / {m(tcp[3]):.2f} | {m('cpu'):.2f} | {m('udp64-kpps'):.0f} | {m('udp64-us'):.1f} "
          f"| {m('ping-idle-p50'):.2f} / {m('ping-idle-p99'):.2f} | {m('ping-busy-p50'):.2f} / {m('ping-busy-p99'):.2f} |")
if "torii" in sys.argv[2:]:
    for p in sys.argv[2:]:
        if p != "torii":
            print(f"| Torii is ... times {names[p]} | " + " | ".join(" / ".join(f"{median('torii', w) / median(p, w):.1f}" for w in pair) for pair in (tcp[:2], tcp[2:])) + " | | | | | |")
PY
jdk=$(tr '\0' '\n' < "/proc/$(cat "$state/torii-gw1.pid" 2> /dev/null)/cmdline" 2> /dev/null | head -1 || true)
echo
echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), $([ -x "$jdk" ] && "$jdk" --version | sed -n 2p || echo "no JDK");" \
  "commit $(git -C "$here" rev-parse --short HEAD 2> /dev/null || echo unknown); medians of $rounds rounds of $seconds s${NOSEGMENT:+; the outer link does not segment}"
