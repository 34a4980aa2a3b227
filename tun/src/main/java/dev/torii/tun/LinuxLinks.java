package dev.torii.tun;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** The interfaces and addresses of the Linux kernel, over rtnetlink. */
public final class LinuxLinks implements Links {
    private final NetlinkSocket netlink;

    /** Uses the socket, which stays the caller's and may serve {@link LinuxRoutes} too, from the same thread. */
    public LinuxLinks(NetlinkSocket netlink) {
        this.netlink = netlink;
    }

    @Override
    public List<Link> list() throws IOException {
        return netlink.dump("list interfaces", NetlinkCodec.RTM_GETLINK, LinkCodec::encodeLinkDump).stream()
                .flatMap(event -> event instanceof NetlinkEvent.LinkChanged(Link link) ? Stream.of(link) : Stream.empty())
                .toList();
    }

    @Override
    public void setUp(int index, boolean up) throws IOException {
        netlink.request("switch interface " + index + (up ? " on" : " off"), NetlinkCodec.RTM_NEWLINK, 0,
                out -> LinkCodec.encodeUp(index, up, out));
    }

    @Override
    public void setMtu(int index, int mtu) throws IOException {
        netlink.request("set MTU " + mtu + " on interface " + index, NetlinkCodec.RTM_NEWLINK, 0, out -> LinkCodec.encodeMtu(index, mtu, out));
    }

    @Override
    public void setReversePathFilter(int index, int value) throws IOException {
        if (value < 0 || value > 2) throw new IllegalArgumentException("rp_filter " + value + " is not in 0..2");
        netlink.request("set rp_filter " + value + " on interface " + index, NetlinkCodec.RTM_NEWLINK, 0,
                out -> LinkCodec.encodeReversePathFilter(index, value, out));
    }

    @Override
    public void disableLinkLocal(int index) throws IOException {
        netlink.request("switch off link-local addresses on interface " + index, NetlinkCodec.RTM_NEWLINK, 0,
                out -> LinkCodec.encodeNoLinkLocal(index, out));
    }

    @Override
    public List<InterfaceAddress> addresses() throws IOException {
        return netlink.dump("list addresses", NetlinkCodec.RTM_GETADDR, LinkCodec::encodeAddressDump).stream()
                .flatMap(event -> event instanceof NetlinkEvent.AddressAdded(InterfaceAddress address) ? Stream.of(address) : Stream.empty())
                .toList();
    }

    @Override
    public void addAddress(InterfaceAddress address) throws IOException {
        netlink.request("add address " + address, NetlinkCodec.RTM_NEWADDR, NetlinkCodec.NLM_F_CREATE | NetlinkCodec.NLM_F_REPLACE,
                out -> LinkCodec.encodeAddress(address, out));
    }

    @Override
    public boolean removeAddress(InterfaceAddress address) throws IOException {
        try {
            netlink.request("remove address " + address, NetlinkCodec.RTM_DELADDR, 0, out -> LinkCodec.encodeAddress(address, out));
            return true;
        } catch (ErrnoException refused) {
            if (refused.errno() == Errno.EADDRNOTAVAIL || refused.errno() == Errno.ENODEV) return false;
            throw refused;
        }
    }
}
