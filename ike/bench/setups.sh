#!/bin/bash
# How many tunnels a second can be set up with a responder that has one core, and what each costs it, for Torii and for strongSwan's charon:
#
#   peers 198.18.1.1 ... (SetUpLoad, core 1)  -- veth, two network namespaces --  198.18.0.1 responder (core 0)
#
# usage: sudo ike/bench/setups.sh [SECONDS a measurement, default 10] [ROUNDS, default 3] [WARM-UP in seconds, default 20]
# The responder is the whole daemon with a connection and a TUN for each of 200 peers: UDP, dispatching, timers, log, SAs of the packet path. A set-up is
# IKE SA and child (IKEv1: Main Mode, Quick Mode with PFS), and the Delete after it. The peers' own Diffie-Hellman is cheap (exponent 3) where the group
# allows. Both products take turns. Needs a built tree (mvn package -DskipTests) and Java 21 or newer as JAVA_HOME or in PATH.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-10}
rounds=${2:-3}
warm=${3:-20}
peers=200
at_once=8
products=${PRODUCTS:-torii charon}
cases=${CASES:-1:MODP1536:modp1536 2:MODP1536:modp1536 2:X25519:curve25519}
prefix=tpsetup
torii=${TORII:-$here/torii}
classes=${LOAD_CLASSPATH:-$here/ike/target/test-classes:$here/cli/target/torii.jar}
state=$(mktemp -d /tmp/torii-setups.XXXXXX)
responder=

[ "$(id -u)" = 0 ] || { echo "needs root (network namespaces)" >&2; exit 1; }
for tool in ip taskset python3 swanctl; do command -v $tool > /dev/null || { echo "missing: $tool" >&2; exit 1; }; done

stop() {
  if [ -n "$responder" ]; then kill "$responder" 2> /dev/null || true; wait "$responder" 2> /dev/null || true; fi
  responder=
}
down() {
  stop
  for ns in r p; do ip netns del "$prefix-$ns" 2> /dev/null || true; done
}
trap 'down; rm -rf "$state"' EXIT

up() {
  for ns in r p; do ip netns add "$prefix-$ns"; ip -n "$prefix-$ns" link set lo up; done
  ip link add wan0 netns $prefix-r type veth peer name wan0 netns $prefix-p
  ip -n $prefix-r addr add 198.18.0.1/16 dev wan0
  for i in $(seq $peers); do echo "addr add 198.18.1.$i/16 dev wan0"; done | ip -n $prefix-p -batch -
  for ns in r p; do ip -n $prefix-$ns link set wan0 up; done
}

responder() { ip netns exec $prefix-r taskset -c 0 "$@" < /dev/null > "$state/responder.log" 2>&1 & responder=$!; }

torii() {   # version group
  local etc=$state/torii/etc/ipsec.d
  rm -rf "$state/torii"; mkdir -p "$etc"
  for i in $(seq $peers); do
    cat <<CONF
conn peer$i
     left=198.18.0.1
     right=198.18.1.$i
     leftsubnet=0.0.0.0/0
     rightsubnet=0.0.0.0/0
     vti-interface=vti$i
     authby=secret
     auto=add
     ikev2=$([ "$1" = 1 ] && echo no || echo insist)
     ike=aes_cbc256-sha2_384;$2
     phase2alg=aes_gcm256;$2
     encapsulation=yes
CONF
  done > "$etc/bench.conf"
  (umask 077; echo ': PSK "only-for-this-benchmark"' > "$etc/bench.secrets")
  TORII_NO_BUILD=1 responder "$torii" run --root "$state/torii" --run-dir "$state/torii/run"
  for _ in $(seq 300); do [ -S "$state/torii/run/control" ] || [ -n "$(find "$state/torii/run" -type s 2> /dev/null)" ] && break; read -rt 0.1 <> <(:) || true; done
}

charon() {   # version group
  local dir=$state/charon
  rm -rf "$dir"; mkdir -p "$dir/run"
  cat > "$dir/strongswan.conf" <<CONF
charon {
  load = random nonce openssl curve25519 hmac kdf pem pkcs1 pubkey x509 kernel-libipsec kernel-netlink socket-default vici
  install_routes = no
  plugins {
    vici { socket = unix://$dir/run/charon.vici }
  }
  filelog {
    file {
      path = $dir/charon.log
      default = 1
    }
  }
}
CONF
  cat > "$dir/swanctl.conf" <<CONF
connections {
  bench {
    version = $1
    local_addrs = 198.18.0.1
    remote_addrs = %any
    encap = yes
    proposals = aes256-sha384-$2
    local {
      auth = psk
      id = 198.18.0.1
    }
    remote {
      auth = psk
    }
    children {
      bench {
        local_ts = 10.0.2.0/24
        remote_ts = 10.100.0.0/16
        esp_proposals = aes256gcm16-$2
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
  STRONGSWAN_CONF=$dir/strongswan.conf responder unshare -m sh -c "mount --bind $dir/run /run; exec /usr/lib/ipsec/charon"
  for _ in $(seq 100); do [ -S "$dir/run/charon.vici" ] && break; read -rt 0.1 <> <(:) || true; done
  # kernel-libipsec makes a route for each child: its TUN must be up, and the host have an address of the local subnet
  for tun in $(ip -n $prefix-r -o link | sed -n 's/^[0-9]*: \(ipsec[0-9]*\):.*/\1/p'); do ip -n $prefix-r link set "$tun" up; ip -n $prefix-r addr add 10.0.2.253/32 dev "$tun"; done
  swanctl --load-all --file "$dir/swanctl.conf" --uri "unix://$dir/run/charon.vici" > /dev/null 2>&1
}

for round in $(seq "$rounds"); do
  for case in $cases; do
    IFS=: read -r version group word <<< "$case"
    for product in $products; do
      up
      $product "$version" "$word"
      line=$(ip netns exec $prefix-p taskset -c 1 "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -cp "$classes" dev.torii.ike.bench.SetUpLoad \
        "$version" "$group" 198.18.0.1 198.18.1.1 $peers $at_once "$warm" "$seconds" "$responder" "$([ $product = torii ] && echo all || echo each)")
      echo "$product $line, RSS $(($(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$responder/status") / 1024)) MB" | tee -a "$state/results"
      [ -z "${KEEP:-}" ] || cat "$state/responder.log" "$state"/charon/charon.log > "$KEEP" 2> /dev/null || true
      down
    done
  done
done
python3 - "$state/results" <<'PY'
import re, statistics, sys
runs = {}
for line in open(sys.argv[1]):
    found = re.match(r"(\S+) (IKEv\d \S+): (\d+) set-ups/s, ([\d.]+) ms", line)
    if found:
        runs.setdefault((found[2], found[1]), []).append((float(found[3]), float(found[4])))
print("medians:")
for (case, product), figures in sorted(runs.items()):
    rate, cpu = (statistics.median(column) for column in zip(*figures))
    print(f"{case} {product}: {rate:.0f} set-ups/s, {cpu:.2f} ms CPU each, {1000 / cpu:.0f} a second and core")
PY
