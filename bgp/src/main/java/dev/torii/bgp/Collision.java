package dev.torii.bgp;

/** RFC 4271 section 6.8 with RFC 6286 section 2.3: of two connections with one peer, the one that the higher identifier dialled is kept. */
final class Collision {
    private Collision() {}

    static Side kept(int localId, long localAs, int remoteId, long remoteAs) {
        int byId = Integer.compareUnsigned(localId, remoteId);
        boolean oursIsHigher = byId != 0 ? byId > 0 : localAs > remoteAs;
        return oursIsHigher ? Side.OUTGOING : Side.INCOMING;
    }
}
