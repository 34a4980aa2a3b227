#!/bin/bash
# TCP throughput through Torii and through strongSwan's userspace ESP (kernel-libipsec), in one run on one machine:
#
#   hostA 10.101.0.2 -- gw1 192.0.2.1 ==ESP in UDP== 192.0.2.2 gw2 -- hostB 10.102.0.2      (four network namespaces)
#
# usage: sudo cli/bench/dataplane.sh [SECONDS a measurement, default 10] [ROUNDS, default 3]
# Measured is the packaged daemon (cli/target/torii.jar, with the launcher's JVM flags): AES-256-GCM, replay window, selectors and counters on.
# Both products take turns; the table has the median of the rounds. Ratios count, absolute figures are this machine's.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-10}
rounds=${2:-3}
prefix=tbench
state=$(mktemp -d /tmp/torii-bench.XXXXXX)
pids=()

for tool in ip iperf3 python3 swanctl; do
  command -v $tool > /dev/null || { echo "missing: $tool (apt-get install iproute2 iperf3 python3 strongswan-charon strongswan-swanctl libcharon-extra-plugins)" >&2; exit 1; }
done
[ -e "$here/cli/target/torii.jar" ] || { echo "missing: cli/target/torii.jar (mvn package)" >&2; exit 1; }

in_ns() { local ns=$1; shift; ip netns exec "$prefix-$ns" "$@"; }
start() { local ns=$1; shift; ip netns exec "$prefix-$ns" "$@" < /dev/null > "$state/$ns.log" 2>&1 & pids+=($!); }

down() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2> /dev/null || true; done
  pids=()
  for ns in ha gw1 gw2 hb; do ip netns del "$prefix-$ns" 2> /dev/null || true; done
}
trap 'down; rm -rf "$state"' EXIT

up() {
  for ns in ha gw1 gw2 hb; do ip netns add "$prefix-$ns"; ip -n "$prefix-$ns" link set lo up; done
  ip link add eth0 netns $prefix-ha type veth peer name lan0 netns $prefix-gw1
  ip link add wan0 netns $prefix-gw1 type veth peer name wan0 netns $prefix-gw2
  ip link add lan0 netns $prefix-gw2 type veth peer name eth0 netns $prefix-hb
  while read -r ns device address mtu; do
    ip -n "$prefix-$ns" addr add "$address" dev "$device"
    ip -n "$prefix-$ns" link set "$device" up mtu "$mtu"
  done <<< "ha eth0 10.101.0.2/24 1400
gw1 lan0 10.101.0.1/24 1400
gw1 wan0 192.0.2.1/24 1500
gw2 wan0 192.0.2.2/24 1500
gw2 lan0 10.102.0.1/24 1400
hb eth0 10.102.0.2/24 1400"
  ip -n $prefix-ha route add default via 10.101.0.1
  ip -n $prefix-hb route add default via 10.102.0.1
  for gw in gw1 gw2; do in_ns $gw sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0; done
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
  TORII_NO_BUILD=1 start "$1" "$here/torii" run --root "$state/torii-$1" --run-dir "$state/torii-$1/run"
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
  for _ in $(seq 100); do [ -S "$dir/run/charon.vici" ] && break; read -rt 0.1 <> <(:) || true; done
  in_ns "$1" swanctl --load-all --file "$dir/swanctl.conf" --uri "unix://$dir/run/charon.vici" > /dev/null 2>&1
  if [ "$6" = start ]; then in_ns "$1" swanctl --initiate --child bench --uri "unix://$dir/run/charon.vici" > /dev/null 2>&1; fi
}

measure() {   # product
  in_ns ha ping -c 1 -W 1 10.102.0.2 > /dev/null || true
  for _ in $(seq 60); do in_ns ha ping -c 1 -W 1 10.102.0.2 > /dev/null 2>&1 && break; done
  for direction in there back; do
    for streams in 1 4; do
      in_ns ha iperf3 -c 10.102.0.2 -t "$seconds" -P $streams $([ $direction = back ] && echo -R) -J > "$state/iperf.json"
      python3 - "$state/iperf.json" "$1" $direction $streams >> "$state/results" <<'PY'
import json, sys
end = json.load(open(sys.argv[1]))["end"]
print(*sys.argv[2:5], end["sum_received"]["bits_per_second"] / 1e9)
PY
    done
  done
}

: > "$state/results"
for _ in $(seq "$rounds"); do
  for product in libipsec torii; do
    up
    $product gw2 192.0.2.2 192.0.2.1 10.102.0.0/24 10.101.0.0/24 add
    $product gw1 192.0.2.1 192.0.2.2 10.101.0.0/24 10.102.0.0/24 start
    measure $product
    down
  done
done
python3 - "$state/results" <<'PY'
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    product, direction, streams, rate = line.split()
    runs.setdefault((direction, streams), {}).setdefault(product, []).append(float(rate))
print("| TCP | kernel-libipsec, Gbit/s | Torii, Gbit/s | ratio |\n|---|---|---|---|")
for (direction, streams), of in runs.items():
    peer, ours = statistics.median(of["libipsec"]), statistics.median(of["torii"])
    print(f"| {direction}, {streams} stream{'s' if streams != '1' else ''} | {peer:.2f} | {ours:.2f} | {ours / peer:.1f} |")
PY
echo "commit $(git -C "$here" rev-parse --short HEAD 2> /dev/null || echo unknown), $(nproc) cores, $(uname -r), median of $rounds rounds of $seconds s"
