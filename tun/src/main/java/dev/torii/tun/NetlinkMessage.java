package dev.torii.tun;

/**
 * A message from the kernel (netlink(7)).
 *
 * @param sequence that of the request it answers; 0 for one nobody asked for
 * @param interrupted the table changed while it was being listed (NLM_F_DUMP_INTR): list it again
 */
record NetlinkMessage(int sequence, boolean interrupted, Body body) {
    sealed interface Body {}

    /**
     * NLMSG_ERROR: the answer to a request that was not a listing.
     *
     * @param errno 0: done as asked
     * @param detail the kernel's own words, if it has any
     */
    record Answer(int errno, String detail) implements Body {}

    /** NLMSG_DONE: the listing ends, with an error number if it failed half-way. */
    record Done(int errno) implements Body {}

    /** A link, an address or a route; in a listing always the "changed" or "added" form. */
    record Told(NetlinkEvent event) implements Body {}

    /** Something this module has no use for. */
    record Unknown(int type) implements Body {}
}
