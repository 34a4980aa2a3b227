# Sourced by dataplane.sh --at-least RATIO: Torii's throughput against kernel-libipsec's, one stream (what the slowest part of either allows), in half a minute.
#
# They take turns, two seconds each, and each round is judged by itself, so that a machine that is slow for a while is slow for both; the median round
# counts. Three rounds, and up to nine as long as the median is too low.
for product in libipsec torii; do up; done
product=torii
tcp there 1 5                                              # until Torii's code has been compiled
: > "$state/results"
for round in $(seq 9); do
  for product in libipsec torii; do tcp there 1 2; done
  [ "$round" -ge 3 ] || continue
  status=0
  python3 - "$state/results" "$least" > "$state/verdict" <<'PY' || status=$?
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    product, what, value = line.split()
    runs.setdefault((product, what), []).append(float(value))
torii, libipsec = runs["torii", "tcp-there-1"], runs["libipsec", "tcp-there-1"]
ratio, least = statistics.median(a / b for a, b in zip(torii, libipsec)), float(sys.argv[2])
print("throughput: Torii", " ".join(f"{r:.2f}" for r in torii), "Gbit/s, kernel-libipsec", " ".join(f"{r:.2f}" for r in libipsec),
      f"Gbit/s; the median round's ratio is {ratio:.1f}, at least {least:g} is asked; CPU-s a GiB and gateway "
      f"{statistics.median(runs['torii', 'cpu-tcp-there-1']):.2f} and {statistics.median(runs['libipsec', 'cpu-tcp-there-1']):.2f}")
sys.exit(0 if ratio >= least else 1)
PY
  [ "$status" != 0 ] || break
done
cat "$state/verdict"
exit $status
