package dev.torii.tun;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory at a fixed address for system calls, in the host's byte order. It lives as long as the object: keep it in a field. */
final class Scratch {
    final ByteBuffer bytes;
    final long address;

    Scratch(int capacity) {
        bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
        address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
    }
}
