package dev.torii.cli.rules;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a compiled class refers to, read from its constant pool (JVMS, section 4.4).
 *
 * @param name       with dots
 * @param classes    every class it names: in code, in signatures, in annotations; not those in its own string literals
 * @param methods    every method it calls, as {@code class.method}
 */
record ClassFile(String name, Set<String> classes, Set<String> methods) {
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([\\w$]+(?:/[\\w$]+)+)[;<]");

    static ClassFile parse(byte[] bytes) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(bytes));
        if (in.readInt() != 0xCAFEBABE) throw new IOException("not a class file");
        in.readInt();                                               // its version
        int count = in.readUnsignedShort();
        var tags = new int[count];
        var texts = new String[count];
        var first = new int[count];
        var second = new int[count];
        for (int i = 1; i < count; i++) {
            tags[i] = in.readUnsignedByte();
            switch (tags[i]) {
                case 1 -> texts[i] = in.readUTF();
                case 7, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
                case 9, 10, 11, 12, 17, 18 -> {
                    first[i] = in.readUnsignedShort();
                    second[i] = in.readUnsignedShort();
                }
                case 15 -> in.skipBytes(3);
                case 3, 4 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    i++;                                            // a long or double takes two entries
                }
                default -> throw new IOException("constant pool tag " + tags[i]);
            }
        }
        in.readUnsignedShort();                                     // access flags
        String name = dots(texts[first[in.readUnsignedShort()]]);
        var literals = new TreeSet<Integer>();
        for (int i = 1; i < count; i++) if (tags[i] == 8) literals.add(first[i]);
        var classes = new TreeSet<String>();
        var methods = new TreeSet<String>();
        for (int i = 1; i < count; i++) {
            if (tags[i] == 7 && !texts[first[i]].startsWith("[")) classes.add(dots(texts[first[i]]));
            if (tags[i] == 1 && !literals.contains(i)) IN_DESCRIPTOR.matcher(texts[i]).results().map(ClassFile::className).forEach(classes::add);
            if (tags[i] == 10 || tags[i] == 11) methods.add(dots(texts[first[first[i]]]) + "." + texts[first[second[i]]]);
        }
        classes.remove(name);
        return new ClassFile(name, classes, methods);
    }

    private static String className(MatchResult found) {
        return dots(found.group(1));
    }

    private static String dots(String internal) {
        return internal.replace('/', '.');
    }

    String packageName() {
        return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
    }

    boolean in(String packageRoot) {
        return within(name, packageRoot);
    }

    static boolean within(String className, String packageRoot) {
        return className.startsWith(packageRoot + ".");
    }
}
