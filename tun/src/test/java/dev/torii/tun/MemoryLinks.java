package dev.torii.tun;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Interfaces and addresses in memory. */
public final class MemoryLinks implements Links {
    private final Map<Integer, Link> links = new TreeMap<>();
    private final List<InterfaceAddress> addresses = new ArrayList<>();

    /** Adds an interface, down. */
    public synchronized MemoryLinks with(int index, String name, int mtu) {
        links.put(index, new Link(index, name, mtu, false, false, name.equals("lo"), "", 0));
        return this;
    }

    /** Takes an interface away, with its addresses. */
    public synchronized void without(int index) {
        links.remove(index);
        addresses.removeIf(address -> address.interfaceIndex() == index);
    }

    @Override
    public synchronized List<Link> list() {
        return List.copyOf(links.values());
    }

    @Override
    public synchronized void setUp(int index, boolean up) throws ErrnoException {
        change(index, old -> new Link(index, old.name(), old.mtu(), up, up, old.loopback(), old.kind(), old.reversePathFilter()));
    }

    @Override
    public synchronized void setMtu(int index, int mtu) throws ErrnoException {
        change(index, old -> new Link(index, old.name(), mtu, old.up(), old.running(), old.loopback(), old.kind(), old.reversePathFilter()));
    }

    @Override
    public synchronized void setReversePathFilter(int index, int value) throws ErrnoException {
        change(index, old -> new Link(index, old.name(), old.mtu(), old.up(), old.running(), old.loopback(), old.kind(), value));
    }

    @Override
    public synchronized void disableLinkLocal(int index) throws ErrnoException {
        change(index, old -> old);
    }

    @Override
    public synchronized List<InterfaceAddress> addresses() {
        return List.copyOf(addresses);
    }

    @Override
    public synchronized void addAddress(InterfaceAddress address) throws ErrnoException {
        change(address.interfaceIndex(), old -> old);
        if (!addresses.contains(address)) addresses.add(address);
    }

    @Override
    public synchronized boolean removeAddress(InterfaceAddress address) {
        return addresses.remove(address);
    }

    private void change(int index, UnaryOperator<Link> by) throws ErrnoException {
        Link old = links.get(index);
        if (old == null) throw new ErrnoException("change interface " + index, Errno.ENODEV);
        links.put(index, by.apply(old));
    }
}
