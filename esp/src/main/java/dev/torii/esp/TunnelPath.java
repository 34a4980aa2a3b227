package dev.torii.esp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The way through one tunnel as the packets inside see it: how long they may be, and what becomes of their DSCP and ECN (RFC 4301, section 5.1.2; RFC 6040).
 * The control thread sets the MTU, packet threads read it.
 */
public final class TunnelPath {
    /** The MTU while nobody has said what fits: any packet does. */
    public static final int NO_LIMIT = 0xFFFF;
    /** The outer traffic class where the socket does not tell it. */
    public static final int UNKNOWN_CLASS = -1;

    private static final int NOTHING = -1;

    private final boolean encapDscp;
    private final boolean decapDscp;
    private volatile int mtu = NO_LIMIT;
    private volatile @Nullable EchoProbe probe;
    private volatile @Nullable ByteBuffer request;
    private volatile int answered = NOTHING;

    /**
     * @param encapDscp whether outer packets get the DSCP of the inner ones; else 0
     * @param decapDscp whether inner packets get the DSCP that the outer ones arrived with; else they keep theirs
     */
    public TunnelPath(boolean encapDscp, boolean decapDscp) {
        this.encapDscp = encapDscp;
        this.decapDscp = decapDscp;
    }

    /** The longest inner packet that is to fit one outer packet, in bytes. */
    public int mtu() {
        return mtu;
    }

    /** From the next batch on. */
    public void mtu(int bytes) {
        mtu = bytes;
    }

    /** From now on answers to these probes are ours, and not for the host. */
    public void probing(EchoProbe with) {
        probe = with;
    }

    /** Has the thread that polls the tunnel send an echo request of so many bytes, when it polls next. Only after {@link #probing}. */
    public void request(int bytes, int sequence) {
        var with = probe;
        if (with != null) request = with.request(bytes, sequence);
    }

    /** Whether {@link #request} waits for a poll. */
    public boolean requested() {
        return request != null;
    }

    /** The sequence number of the latest answer, or -1. */
    public int answered() {
        return answered;
    }

    /** For the thread that polls. */
    @Nullable ByteBuffer takeRequest() {
        var taken = request;
        request = null;
        return taken;
    }

    /** The traffic class of the outer packet around one of this class. ECN is copied: RFC 6040, section 4.1, normal mode. */
    int entering(int inner) {
        return encapDscp ? inner : inner & Ecn.MASK;
    }

    /** Gives an inner packet that has left the tunnel its traffic class and its segment size. */
    Verdict left(ByteBuffer packet, PacketHeader header, int outer) {
        int inner = header.trafficClass();
        var with = probe;
        int answer = with == null ? NOTHING : with.answers(packet, header);
        if (answer != NOTHING) {
            answered = answer;
            return Verdict.PROBE;
        }
        if (outer != UNKNOWN_CLASS && outer != inner) {
            int ecn = Ecn.leaving(inner, outer);
            if (ecn == Ecn.DROP) return Verdict.CONGESTED;
            int combined = (decapDscp ? outer : inner) & TrafficClass.DSCP | ecn;
            if (combined != inner) TrafficClass.set(packet, combined);
        }
        MssClamp.apply(packet, header, mtu);
        return Verdict.OPENED;
    }
}
