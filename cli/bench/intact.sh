#!/bin/bash
# Whether bytes come out of the tunnel as they went in: pseudo-random streams over TCP through two packaged daemons, both ways. The receiver makes the same
# stream from the seed and compares every byte, and both ends print the SHA-256 of the whole. Twice: as hosts are, with super-packets, whose checksums Torii
# makes and verifies; and with hosts that neither segment nor leave a checksum to anybody else, so that hostB's kernel verifies each segment as it
# came out. Fails at the first difference, if a kernel counts a wrong checksum, or if an ICV was wrong. The network is drawn in gateways.sh.
#
# usage: sudo cli/bench/intact.sh [GIB each way, default 10] [SEED]      (10: about 5 minutes; 0.5: half a minute)
set -euo pipefail
. "$(dirname "$0")/gateways.sh"
gib=${1:-10}
seed=${2:-$(od -An -N8 -tu8 /dev/urandom | tr -d ' ')}
octets=$(awk -v g="$gib" 'BEGIN {printf "%d", g * 1024 * 1024 * 1024}')
begin torii
product=torii
up

cat > "$state/stream.py" <<'PY'
"""stream.py send SEED OCTETS ADDRESS | stream.py receive SEED OCTETS: one TCP connection on port 7000; prints how many octets, and their SHA-256."""
import hashlib, socket, sys, time
role, seed, octets = sys.argv[1], sys.argv[2].encode(), int(sys.argv[3])
CHUNK, STRIDE = 1 << 20, 7919
pool = hashlib.shake_256(seed).digest(4 * CHUNK)     # a chunk: its number, and the pool from a place that moves by a prime, so that no chunk is another one's

def chunks():
    for number in range(-(-octets // CHUNK)):
        at = number * STRIDE % (3 * CHUNK)
        yield memoryview(number.to_bytes(8, "big") + pool[at:at + CHUNK - 8])[:octets - number * CHUNK]

digest = hashlib.sha256()
if role == "send":
    for attempt in range(100):
        try:
            connection = socket.create_connection((sys.argv[4], 7000))
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    for chunk in chunks():
        digest.update(chunk)
        connection.sendall(chunk)
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)                               # until the receiver has everything
    print(octets, digest.hexdigest())
    sys.exit()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 7000))
listener.listen()
connection, _ = listener.accept()
buffer, total = bytearray(CHUNK), 0
for expected in chunks():
    into, filled = memoryview(buffer)[:len(expected)], 0
    while filled < len(into):
        count = connection.recv_into(into[filled:])
        if count == 0:
            sys.exit(f"the stream ends after {total + filled} of {octets} octets")
        filled += count
    if into != expected:
        at = next(i for i in range(len(into)) if into[i] != expected[i])
        sys.exit(f"octet {total + at} of {octets} is {into[at]:#04x} instead of {expected[at]:#04x}")
    digest.update(into)
    total += filled
if connection.recv(1):
    sys.exit(f"there is more after {total} octets")
print(total, digest.hexdigest())
PY

stream() {   # from, to, the receiver's address
  local began received
  began=$(date +%s.%N)
  in_ns "$2" python3 "$state/stream.py" receive "$seed" "$octets" > "$state/received" 2>&1 & received=$!
  measured "$1" python3 "$state/stream.py" send "$seed" "$octets" "$3" > "$state/sent" 2>&1 || true
  wait $received || fail "$1 to $2, seed $seed: $(tail -1 "$state/received"); the sender: $(tail -1 "$state/sent")"
  cmp -s "$state/sent" "$state/received" || fail "$1 to $2, seed $seed: sent $(cat "$state/sent"), received $(cat "$state/received")"
  awk -v began="$began" -v now="$(date +%s.%N)" -v way="$1 to $2" '{printf "%s: %d octets at %.2f Gbit/s, sent and received: SHA-256 %s\n", way, $1, $1 * 8e-9 / (now - began), $2}' "$state/received"
}

wrong() {   # what kernels and daemons have found wrong
  local ns
  for ns in ha gw1 gw2 hb; do
    in_ns $ns awk -v ns=$ns '/^(Tcp|Udp):/ {if ($1 in heads) {split(heads[$1], names); for (i = 2; i <= NF; i++) if (names[i] == "InCsumErrors" && $i > 0) print ns, $1, $i, "wrong checksums"}
      heads[$1] = $0}' /proc/net/snmp
  done
  for ns in gw1 gw2; do in_ns $ns "$torii" traffic --json --run-dir "$state/torii-$ns/run" | grep -oE '"(bad_icv|bad_padding|malformed_packet|failed|replayed)":[1-9][0-9]*' | sed "s/^/$ns: /" || true; done
}

echo "seed $seed, each way $octets octets"
for hosts in "as they are" "without offloads"; do
  [ "$hosts" = "as they are" ] || for ns in ha hb; do in_ns $ns ethtool -K eth0 tx off rx off tso off gso off gro off > /dev/null 2>&1; done
  echo "hosts $hosts:"
  stream ha hb 10.102.0.2
  stream hb ha 10.101.0.2
done
found=$(wrong)
[ -z "$found" ] || fail "$found"
echo "intact: no octet differs, no kernel counted a wrong checksum, no ICV was wrong"
