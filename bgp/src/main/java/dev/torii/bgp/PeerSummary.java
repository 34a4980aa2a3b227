package dev.torii.bgp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One neighbour in one address family, as {@code show bgp summary} needs it.
 *
 * @param outQueue         prefixes waiting to be sent
 * @param upDown           since the session came up or went down; empty: never
 * @param state            FRR's word: {@code Established, Idle, Idle (Admin), Idle (PfxCt), Connect, Active, OpenSent, OpenConfirm}
 * @param negotiated       whether the session carries this family; FRR prints {@code NoNeg} if it does not
 * @param prefixesReceived accepted by policy
 * @param prefixesSent     in the Adj-RIB-Out
 * @param policyMissingIn  FRR prints {@code (Policy)} instead of the count received: RFC 8212 takes nothing
 * @param policyMissingOut FRR prints {@code (Policy)} instead of the count sent: RFC 8212 sends nothing
 */
public record PeerSummary(InetAddress address, Optional<String> description, long remoteAs, long messagesReceived, long messagesSent,
        int inQueue, int outQueue, Optional<Duration> upDown, String state,
        boolean negotiated, int prefixesReceived, int prefixesSent, boolean policyMissingIn, boolean policyMissingOut) {
    public static final int VERSION = 4;

    public boolean established() { return state.equals("Established"); }
}
