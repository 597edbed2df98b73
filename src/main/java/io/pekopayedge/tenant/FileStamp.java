package io.pekopayedge.tenant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the file system tells of a file without reading it, of the file that symbolic links lead to. Size and
 * modification time alone would miss edits within one tick of the clock, restored times ({@code cp -p}) and a
 * {@code ..data} link that leads elsewhere now; device, inode and change time, which no program can set, do not.
 *
 * @param identity device and inode, or what stands for them; null if there is no file
 * @param changed of content or attributes
 */
record FileStamp(
        @Nullable Object identity,
        long size,
        @Nullable FileTime modified,
        @Nullable FileTime changed) {
    /** Coarser than the clock of any file system in use; FAT counts in 2 s. */
    private static final Duration TICK = Duration.ofSeconds(3);

    private static final FileStamp NONE = new FileStamp(null, 0, null, null);

    static FileStamp of(Path path) throws IOException {
        try {
            return path.getFileSystem().supportedFileAttributeViews().contains("unix") ? unix(path) : basic(path);
        } catch (NoSuchFileException e) {
            return NONE;
        }
    }

    private static FileStamp unix(Path path) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime");
        return new FileStamp(
                all.get("dev") + ":" + all.get("ino"),
                all.get("size") instanceof Long size ? size : 0,
                (FileTime) all.get("lastModifiedTime"),
                (FileTime) all.get("ctime"));
    }

    private static FileStamp basic(Path path) throws IOException {
        BasicFileAttributes all = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileStamp(all.fileKey(), all.size(), all.lastModifiedTime(), null);
    }

    boolean exists() {
        return modified != null;
    }

    /**
     * Whether a later edit would show: it was last changed so long ago that the file's clock has moved on. A clock that
     * runs ahead of ours is never settled, which costs a read and misses nothing.
     */
    boolean settledAt(Instant now) {
        return changed != null
                && identity != null
                && changed.toInstant().plus(TICK).isBefore(now);
    }
}
