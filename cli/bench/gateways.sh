# Sourced by the benchmarks: two gateways of a product with a host behind each, in four network namespaces, and what is measured through them.
#
#   hostA 10.101.0.2 -- gw1 192.0.2.1 ==tunnel over UDP== 192.0.2.2 gw2 -- hostB 10.102.0.2
#
# The products: torii (the packaged daemon with the launcher's JVM flags: replay window, selectors and counters on), four (the same with four tunnels:
# 10.101.N.2 and 10.102.N.2, N from 0 to 3), libipsec (strongSwan's userspace ESP), wireguard (a current wireguard-go), openvpn. All have AES-256-GCM but
# wireguard-go, which has ChaCha20-Poly1305. The functions are about $product, the one whose turn it is.
#
# However a benchmark ends, it leaves no process and no namespace; after kill -9 the next run takes away what is left. One run at a time for each $PREFIX.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$here/cli/bench/packages.sh"
prefix=${PREFIX:-tbn}
torii=${TORII:-$here/torii}
ahead=()                                                   # what everything in the namespaces is started by

# From now on all of it runs ahead of whatever else the machine does, where that is allowed. What other work leaves is divided unevenly: at a load of 14
# Torii, whose few threads seldom sleep, had 1.4 to 3.1 Gbit/s and kernel-libipsec 0.27 to 0.56; ahead of that load 4.0 to 6.0 and 0.33 to 0.40.
go_ahead() { ahead=(setsid sh -c '{ echo -20 > /proc/self/autogroup; } 2> /dev/null; exec nice -n -20 "$@"' -); }

fail() { echo "$*" >&2; exit 1; }
pause() { read -rt "$1" <> <(:) || true; }

namespaces() { ip netns list | awk -v p="$prefix-" 'index($1, p) == 1 {print $1}'; }
processes() { local ns; for ns in $(namespaces); do ip netns pids "$ns" 2> /dev/null || true; done; }
take_down() {
  local ns signal pids
  for signal in TERM KILL; do
    for _ in $(seq 50); do
      pids=$(processes)
      [ -n "$pids" ] || break
      kill -s $signal $pids 2> /dev/null || true
      pause 0.1
    done
  done
  for ns in $(namespaces); do ip netns del "$ns" 2> /dev/null || true; done
}

# begin PRODUCT... : checks what they need, and takes the lock
begin() {
  local product packages=(iproute2=/usr/sbin/ip iperf3=/usr/bin/iperf3 iputils-ping=/usr/bin/ping python3=/usr/bin/python3 ethtool=/usr/sbin/ethtool
    procps=/usr/sbin/sysctl)
  [ "$(id -u)" = 0 ] || fail "needs root (network namespaces)"
  [ -n "${TORII:-}" ] || [ -e "$here/cli/target/torii.jar" ] || fail "missing: cli/target/torii.jar (mvn -DskipTests package)"
  for product in "$@"; do
    case $product in
      torii | four) ;;
      libipsec) packages+=(strongswan-charon=/usr/lib/ipsec/charon strongswan-swanctl=/usr/sbin/swanctl
        libcharon-extra-plugins=/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so
        libstrongswan-standard-plugins=/usr/lib/ipsec/plugins/libstrongswan-openssl.so) ;;
      wireguard) packages+=(wireguard-tools=/usr/bin/wg) ;;
      openvpn) packages+=(openvpn=/usr/sbin/openvpn openssl=/usr/bin/openssl) ;;
      *) fail "no such product: $product" ;;
    esac
  done
  need "${packages[@]}"
  case " $* " in *" wireguard "*) wireguard_go=$(current_wireguard_go "$here/cli/target/bench/wireguard-go") ;; esac
  exec {lock}> "/run/torii-bench-$prefix.lock"
  flock -w 300 "$lock" || fail "another benchmark runs in the namespaces $prefix-*"
  state=$(mktemp -d /tmp/torii-bench.XXXXXX)
  : > "$state/results"
  trap 'trap "" INT TERM HUP; take_down; rm -rf "$state"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  take_down
}

in_ns() { local ns=$1; shift; ip netns exec "$prefix-$product-$ns" "${ahead[@]}" "$@" {lock}>&-; }
start() {   # the namespace, the command; a gateway's process is noted for its CPU time
  local ns=$1
  shift
  ip netns exec "$prefix-$product-$ns" "${ahead[@]}" "$@" < /dev/null > "$state/$product-$ns.log" 2>&1 {lock}>&- &
  case $ns in gw*) echo $! > "$state/$product-$ns.pid" ;; esac
}
measured() {   # the same in the foreground; a signal to us ends it too
  local ns=$1
  shift
  ip netns exec "$prefix-$product-$ns" "${ahead[@]}" "$@" {lock}>&- &
  wait $!
}

network() {
  local p=$prefix-$product ns device address mtu n
  for ns in ha gw1 gw2 hb; do ip netns add "$p-$ns"; ip -n "$p-$ns" link set lo up; done
  ip link add eth0 netns "$p-ha" type veth peer name lan0 netns "$p-gw1"
  ip link add wan0 netns "$p-gw1" type veth peer name wan0 netns "$p-gw2"
  ip link add lan0 netns "$p-gw2" type veth peer name eth0 netns "$p-hb"
  for n in 0 $([ "$product" != four ] || echo 1 2 3); do
    while read -r ns device address mtu; do
      ip -n "$p-$ns" addr add "$address" dev "$device"
      ip -n "$p-$ns" link set "$device" up mtu "$mtu"
    done <<< "ha eth0 10.101.$n.2/24 1400
gw1 lan0 10.101.$n.1/24 1400
gw1 wan0 192.0.2.${n#0}1/24 1500
gw2 wan0 192.0.2.${n#0}2/24 1500
gw2 lan0 10.102.$n.1/24 1400
hb eth0 10.102.$n.2/24 1400"
    ip -n "$p-ha" route add "10.102.$n.0/24" via "10.101.$n.1" src "10.101.$n.2"
    start hb iperf3 -s -p $((5201 + n))
  done
  ip -n "$p-hb" route add default via 10.102.0.1
  for ns in gw1 gw2; do in_ns $ns sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0; done
}

# outer_link on|off on|off : whether the sender's end segments, and whether the receiver's merges
outer_link() {
  local ns
  for ns in gw1 gw2; do in_ns $ns ethtool -K wan0 tso "$1" gso "$1" tx-udp-segmentation "$1" gro "$2" > /dev/null; done
}

up() {   # both gateways of $product
  local ns
  network
  "$product" gw2 192.0.2.2 192.0.2.1 10.102.0.0/24 10.101.0.0/24 add
  "$product" gw1 192.0.2.1 192.0.2.2 10.101.0.0/24 10.102.0.0/24 start
  for ns in 10.102.0.2 $([ "$product" != four ] || echo 10.102.{1,2,3}.2); do reachable "$ns"; done
}

reachable() {
  for _ in $(seq 60); do in_ns ha ping -c 1 -W 1 "$1" > /dev/null 2>&1 && return; pause 0.2; done
  tail -qn 20 "$state/$product"-gw?.log >&2
  fail "$product: hostB does not answer"
}

torii() {   # gateway, own address, peer, own subnet, peer's subnet, auto
  torii_connection "$@" 0
  torii_run "$1"
}

four() {    # the same; the other three have addresses of their own
  local n
  torii_connection "$@" 0
  for n in 1 2 3; do torii_connection "$1" "${2%.*}.$n${2##*.}" "${3%.*}.$n${3##*.}" "${4%.0.0/24}.$n.0/24" "${5%.0.0/24}.$n.0/24" "$6" $n; done
  torii_run "$1"
}

torii_connection() {   # as torii, and a number
  local etc=$state/$product-$1/etc
  mkdir -p "$etc/ipsec.d"
  cat > "$etc/ipsec.d/bench$7.conf" <<CONF
conn bench$7
     left=$2
     right=$3
     leftsubnet=$4
     rightsubnet=$5
     authby=secret
     auto=$6
     vti-interface=vti0$7
     ikev2=no
     ike=aes_cbc256-sha2_384;modp1536
     phase2alg=aes_gcm256;modp1536
     encapsulation=yes
CONF
  (umask 077; echo "$2 $3: PSK \"only-for-this-benchmark\"" > "$etc/ipsec.d/bench$7.secrets")
}

torii_run() { TORII_NO_BUILD=1 start "$1" "$torii" run --root "$state/$product-$1" --run-dir "$state/$product-$1/run"; }

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
  WG_PROCESS_FOREGROUND=1 start "$1" "$wireguard_go" -f "$prefix$1"
  for _ in $(seq 100); do in_ns "$1" ip link show "$prefix$1" > /dev/null 2>&1 && [ -S "/var/run/wireguard/$prefix$1.sock" ] && break; pause 0.1; done
  (umask 077; wg genkey > "$state/$1.key")
  if [ "$1" = gw1 ]; then
    wireguard_peer gw1 gw2 "$3" "$5"
    wireguard_peer gw2 gw1 "$2" "$4"
  fi
}

wireguard_peer() {   # gateway, the other, the other's address, the other's subnet
  in_ns "$1" wg set "$prefix$1" listen-port 51820 private-key "$state/$1.key" peer "$(wg pubkey < "$state/$2.key")" allowed-ips "$4" endpoint "$3:51820"
  in_ns "$1" ip link set "$prefix$1" mtu 1420 up
  in_ns "$1" ip route add "$4" dev "$prefix$1"
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

cpu() {   # hundredths of a second that both gateways' processes have used
  local pid ticks=0
  for pid in $(cat "$state/$product"-gw?.pid); do ticks=$((ticks + $(sed 's/.*) //' "/proc/$pid/stat" | awk '{print $12 + $13}'))); done
  echo "$ticks"
}

tcp() {   # there or back, streams, seconds, what to call it: notes Gbit/s, and seconds of CPU for each GiB and gateway
  local before after
  before=$(cpu)
  measured ha iperf3 -c 10.102.0.2 -t "$3" -P "$2" $([ "$1" = back ] && echo -R) -J > "$state/iperf.json" || fail "$product: iperf3 failed: $(tail -n 5 "$state/iperf.json")"
  after=$(cpu)
  python3 - "$state/iperf.json" $((after - before)) "$product" "${4:-tcp-$1-$2}" >> "$state/results" <<'PY'
import json, sys
received = json.load(open(sys.argv[1]))["end"]["sum_received"]
print(sys.argv[3], sys.argv[4], received["bits_per_second"] / 1e9)
print(sys.argv[3], "cpu-" + sys.argv[4], int(sys.argv[2]) / 100 / 2 / (received["bytes"] / 2**30))
PY
}
