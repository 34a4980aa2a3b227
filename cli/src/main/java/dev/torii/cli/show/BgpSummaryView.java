package dev.torii.cli.show;

import dev.torii.bgp.PeerSummary;
import dev.torii.bgp.Summary;
import dev.torii.bgp.wire.AddressText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code show bgp summary}, in the columns of FRR 8. The memory figures are FRR's formula: entries times a size. */
public record BgpSummaryView(Summary summary, Columns columns, BgpNotes notes) implements View {
    /** Which FRR the text is that of: 8.1 added the descriptions and the name of the VRF. */
    public enum Columns { UNTIL_8_0, SINCE_8_1 }

    private static final int RIB_ENTRY_BYTES = 192;
    private static final int PEER_BYTES = 43 << 9;       // the figure of FRR 8.0: two peers are 43 KiB
    private static final int PEER_BYTES_SINCE_8_1 = 741464;     // FRR 8.4.4's
    private static final int TABLE_VERSION = 0;            // of a peer: FRR 8 prints that, whatever it has been told
    private static final String NO_DESCRIPTION = "N/A";
    private static final int NEIGHBOR_COLUMN = 16;

    @Override public String text() {
        var text = new StringBuilder("\n" + summary.family() + (described() ? " Summary (VRF default):\n" : " Summary:\n"));
        text.append("BGP router identifier ").append(summary.routerId().getHostAddress()).append(", local AS number ").append(summary.localAs()).append(" vrf-id 0\n");
        text.append("BGP table version ").append(summary.tableVersion()).append('\n');
        text.append("RIB entries ").append(summary.ribEntries()).append(", using ").append(memory((long) summary.ribEntries() * RIB_ENTRY_BYTES)).append(" of memory\n");
        List<PeerSummary> peers = summary.peers();
        text.append("Peers ").append(peers.size()).append(", using ").append(memory(peerMemory())).append(" of memory\n\n");
        int width = Math.max(NEIGHBOR_COLUMN, 1 + peers.stream().mapToInt(peer -> AddressText.of(peer.address()).length()).max().orElse(0));
        text.append(("%-" + width + "sV         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt%s\n").formatted("Neighbor", described() ? " Desc" : ""));
        for (PeerSummary peer : peers) {
            text.append(("%-" + width + "s%d %10d %9d %9d %8d %4d %4d %8s %12s %8s%s\n").formatted(
                    AddressText.of(peer.address()), PeerSummary.VERSION, peer.remoteAs(), peer.messagesReceived(), peer.messagesSent(), TABLE_VERSION,
                    peer.inQueue(), peer.outQueue(), upDown(peer), stateOrReceived(peer), sent(peer), described() ? " " + peer.description().orElse(NO_DESCRIPTION) : ""));
        }
        text.append("\nTotal number of neighbors ").append(peers.size()).append('\n');
        if (!notes.all().isEmpty()) text.append('\n');
        for (String line : notes.lines()) text.append(line).append('\n');
        return text.toString();
    }

    private boolean described() { return columns == Columns.SINCE_8_1; }

    private long peerMemory() { return (long) summary.peers().size() * (described() ? PEER_BYTES_SINCE_8_1 : PEER_BYTES); }

    private static String upDown(PeerSummary peer) {
        return peer.upDown().map(Uptime::format).orElse("never");
    }

    private static String stateOrReceived(PeerSummary peer) {
        if (!peer.established()) return peer.state();
        if (!peer.negotiated()) return "NoNeg";
        return peer.policyMissingIn() ? "(Policy)" : Integer.toString(peer.prefixesReceived());
    }

    private static String sent(PeerSummary peer) {
        if (peer.established() && !peer.negotiated()) return "NoNeg";
        return peer.established() && peer.policyMissingOut() ? "(Policy)" : Integer.toString(peer.prefixesSent());
    }

    private static String memory(long bytes) {
        return bytes < 10 << 10 ? bytes + " bytes" : bytes < 10 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }

    @Override public Object json() { return Map.of(Families.word(summary.family()), familyJson()); }

    /** Without the family's name around it. */
    Map<String, Object> familyJson() {
        var peers = new LinkedHashMap<String, Object>();
        for (PeerSummary peer : summary.peers()) peers.put(AddressText.of(peer.address()), json(peer));
        long established = summary.peers().stream().filter(PeerSummary::established).count();
        var family = new LinkedHashMap<String, Object>();
        family.put("routerId", summary.routerId().getHostAddress());
        family.put("as", summary.localAs());
        family.put("vrfId", 0);
        family.put("vrfName", "default");
        family.put("tableVersion", summary.tableVersion());
        family.put("ribCount", summary.ribEntries());
        family.put("ribMemory", (long) summary.ribEntries() * RIB_ENTRY_BYTES);
        family.put("peerCount", summary.peers().size());
        family.put("peerMemory", peerMemory());
        family.put("peers", peers);
        family.put("failedPeers", summary.peers().size() - established);
        family.put("displayedPeers", summary.peers().size());
        family.put("totalPeers", summary.peers().size());
        family.put("dynamicPeers", 0);
        if (!notes.all().isEmpty()) family.put("notes", notes.lines());
        return family;
    }

    private Map<String, Object> json(PeerSummary peer) {
        var fields = new LinkedHashMap<String, Object>();
        peer.description().ifPresent(description -> fields.put("desc", description));
        fields.put("remoteAs", peer.remoteAs());
        fields.put("localAs", summary.localAs());
        fields.put("version", PeerSummary.VERSION);
        fields.put("msgRcvd", peer.messagesReceived());
        fields.put("msgSent", peer.messagesSent());
        fields.put("tableVersion", TABLE_VERSION);
        fields.put("outq", peer.outQueue());
        fields.put("inq", peer.inQueue());
        fields.put("peerUptime", upDown(peer));
        fields.put("peerUptimeMsec", peer.upDown().map(Duration::toMillis).orElse(0L));
        fields.put("pfxRcd", peer.prefixesReceived());
        fields.put("pfxSnt", peer.prefixesSent());
        fields.put("state", peer.state());
        fields.put("peerState", peer.policyMissingIn() || peer.policyMissingOut() ? "Policy" : "OK");
        fields.put("idType", Families.afi(peer.address()));
        return fields;
    }
}
