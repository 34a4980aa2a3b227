"""Prints the tables of dataplane.sh: tables.py RESULTS PRODUCT... A line of RESULTS is product, measurement, value; of several the median is taken."""
import statistics
import sys

NAMES = {"libipsec": "kernel-libipsec", "wireguard": "wireguard-go", "openvpn": "OpenVPN", "torii": "**Torii**"}
products = sys.argv[2:]
runs = {}
for line in open(sys.argv[1]):
    product, what, value = line.split()
    runs.setdefault((product, what), []).append(float(value))


def median(product, what):
    return statistics.median(runs[product, what]) if (product, what) in runs else float("nan")


def measured(*whats):
    return any((p, w) in runs for p in products for w in whats)


def table(heading, *columns):
    """A column: its heading, the format of a value, the measurements in one cell; and, if how often as much Torii does is to be told, True."""
    columns = [c for c in columns if measured(*c[2])]
    if not columns:
        return
    print(f"| {heading} | " + " | ".join(c[0] for c in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for p in products:
        print(f"| {NAMES[p]} | " + " | ".join(" / ".join(format(median(p, w), c[1]) for w in c[2]) for c in columns) + " |")
    for p in products if "torii" in products and any(len(c) > 3 for c in columns) else ():
        if p != "torii":
            cells = (" / ".join(f"{median('torii', w) / median(p, w):.1f}" for w in c[2]) if len(c) > 3 else "" for c in columns)
            print(f"| Torii is ... times {NAMES[p]} | " + " | ".join(cells) + " |")
    print()


TCP = ["tcp-there-1", "tcp-there-4", "tcp-back-1", "tcp-back-4"]
for (product, what), values in list(runs.items()):
    if what in ["cpu-" + t for t in TCP]:
        runs.setdefault((product, "cpu"), []).extend(values)
table("TCP", ("there, 1 / 4 streams, Gbit/s", ".2f", TCP[:2], True), ("back, 1 / 4", ".2f", TCP[2:], True), ("CPU-s a GiB and gateway", ".2f", ["cpu"]),
      ("outer link without segmentation", ".2f", ["unsegmented"], True), ("CPU-s", ".2f", ["cpu-unsegmented"]),
      ("and receiver without GRO", ".2f", ["unmerged"], True), ("CPU-s", ".2f", ["cpu-unmerged"]))
table("small packets and latency", ("64 B datagrams held, kpps", ".0f", ["udp64-kpps"]), ("CPU-us a packet and gateway", ".1f", ["udp64-us"]),
      ("ping idle, p50 / p99, ms", ".2f", ["ping-idle-p50", "ping-idle-p99"]), ("beside 300 Mbit/s", ".2f", ["ping-busy-p50", "ping-busy-p99"]))
rates = sorted({int(w[5:]) for _, w in runs if w.startswith("lost-")})
if rates:
    print("64 B datagrams lost, % at so many thousand a second (a product's ladder ends where it does not hold the rate):")
    for p in products:
        print(f"  {NAMES[p]}: " + ", ".join(f"{rate / 1e3:.0f}: {median(p, f'lost-{rate}'):.2f}" for rate in rates if (p, f"lost-{rate}") in runs))
    print()
if measured("tunnels-1"):
    print("| four streams over so many tunnels at once | " + " | ".join("124") + " |\n|---|---|---|---|")
    print("| Torii, Gbit/s | " + " | ".join(f"{median('torii', 'tunnels-' + n):.2f}" for n in "124") + " |")
    print("| CPU-s a GiB and gateway | " + " | ".join(f"{median('torii', 'cpu-tunnels-' + n):.2f}" for n in "124") + " |")
    print()
for p in products:
    if (p, TCP[0]) in runs:
        print(f"{NAMES[p]}, every round: " + "; ".join(f"{w[4:]} " + " ".join(f"{v:.2f}" for v in runs[p, w]) for w in TCP))
