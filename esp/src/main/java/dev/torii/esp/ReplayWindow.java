package dev.torii.esp;

/**
 * Which sequence numbers have been seen: the bitmap of RFC 6479, which never shifts bits. One thread owns it.
 * {@link #check} before authentication, {@link #mark} only after it (RFC 4303, section 3.4.3).
 */
public final class ReplayWindow {
    /** The largest window, in packets. */
    public static final int MAX_SIZE = 1 << 20;
    private static final int BLOCK_SHIFT = 6;               // one long is one block of 64 numbers
    private static final long LOW = 0xFFFF_FFFFL;
    private static final int BIT_MASK = Long.SIZE - 1;

    private final int size;
    private final int blockMask;
    private final long[] blocks;
    private long top;

    /** @param size packets, up to {@link #MAX_SIZE}; 0 accepts everything */
    public ReplayWindow(int size) {
        if (size < 0 || size > MAX_SIZE) throw new IllegalArgumentException("replay window " + size);
        this.size = size;
        // One block more than the window: the block being cleared ahead of top holds nothing that is still inside.
        int wanted = (size + BIT_MASK >>> BLOCK_SHIFT) + 1;
        int count = Math.max(2, Integer.highestOneBit(wanted - 1) << 1);
        this.blocks = new long[count];
        this.blockMask = count - 1;
    }

    /**
     * The whole of an extended sequence number of whose 64 bits the lower 32 were sent: RFC 4303, appendix A2.2. Negative if it lies before the first one.
     * What is too old for the window is taken for what comes 2^32 later, which then does not authenticate.
     */
    public long extended(long low) {
        long bottom = top - size + 1;                       // of the window
        long candidate = bottom & ~LOW | low;
        return candidate >= bottom ? candidate : candidate + LOW + 1;
    }

    /** Whether this number is new: right of the window, or inside it and not yet marked. Number 0 is never sent. */
    public boolean check(long sequence) {
        if (size == 0) return true;
        if (sequence < 0) return false;
        if (sequence > top) return true;
        if (sequence == 0 || top - sequence >= size) return false;
        return (blocks[block(sequence)] & bit(sequence)) == 0;
    }

    /** Takes the number of an authentic packet, which {@link #check} has passed. */
    public void mark(long sequence) {
        if (size == 0) return;
        if (sequence > top) {
            long from = top >>> BLOCK_SHIFT;
            long steps = Math.min((sequence >>> BLOCK_SHIFT) - from, blocks.length);
            for (long i = 1; i <= steps; i++) blocks[(int) (from + i) & blockMask] = 0;
            top = sequence;
        }
        blocks[block(sequence)] |= bit(sequence);
    }

    /** The highest number marked. */
    public long top() {
        return top;
    }

    private int block(long sequence) {
        return (int) (sequence >>> BLOCK_SHIFT) & blockMask;
    }

    private static long bit(long sequence) {
        return 1L << sequence;                              // the shift takes the low six bits
    }
}
