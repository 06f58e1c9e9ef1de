using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// One value with its metadata as bytes, integers little-endian:
/// <code>
///  0  magic "NL", format version, flags (bit 0: payload compressed with Brotli)
///  4  XxHash3 of the key and of everything else
/// 12  schema  20 journal id  36 lease  44 loaded at (store's clock, ms since 1970)  52 cached at (UTC ticks)
/// 60  time to live (ms)  68 stale window (ms)  76 sliding expiration (ms, 0: none)  84 longest time to live (ms)
/// 92  payload size uncompressed (int32)  96 tags (uint16)
/// 98  each tag: length in bytes (uint16), UTF-8
///     payload, to the end
/// </code>
/// Reading survives any bytes: it allocates nothing by a length that it has not held against the bytes that are there. The hash holds a value to its key: a reply that
/// a broken link or a client out of step hands to the reader of another key, another user's among them, is no value there.
/// </summary>
internal static class RedisValueCodec
{
    /// <summary>Greatest payload, in bytes.</summary>
    public const int MaxPayloadBytes = 64 * 1024 * 1024;

    /// <summary>Bytes before the tags.</summary>
    public const int HeaderBytes = 98;

    /// <summary>The version of the format: bytes of any other are no value.</summary>
    public const byte FormatVersion = 3;

    private const byte Compressed = 1;
    private const long LongestMs = 1000L * 366 * 24 * 3600 * 1000;
    private const int HashAt = 4;
    private const int HashEnd = 12;

    // What is packed tighter is stored as it is, so that a reader can bound its memory by the bytes that it has.
    private const int MaxRatio = 1024;
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 18;

    /// <summary>Writes a value.</summary>
    /// <param name="key">The key that it is stored under.</param>
    /// <param name="entry">The value; its age is not written.</param>
    /// <param name="loadedAt">When it was loaded, by the store's clock, in ms since 1970.</param>
    /// <param name="compressFrom">Payload size from which compression is tried; 0 never.</param>
    /// <returns>The bytes; null when the value is too large to be stored.</returns>
    public static ReadOnlyMemory<byte>? Encode(CacheKey key, DistributedEntry entry, long loadedAt, int compressFrom)
    {
        var payload = entry.Payload.Span;
        if (payload.Length > MaxPayloadBytes || entry.Tags.Count > ushort.MaxValue)
        {
            return null;
        }

        var offset = HeaderBytes;
        foreach (var tag in entry.Tags)
        {
            var length = Encoding.UTF8.GetByteCount(tag);
            if (length > ushort.MaxValue)
            {
                return null;
            }

            offset += sizeof(ushort) + length;
        }

        var bytes = new byte[offset + payload.Length];
        // The room is that of the payload: what does not become smaller does not fit, and is stored as it is.
        var stored = 0;
        var isCompressed = compressFrom > 0 && payload.Length >= compressFrom
            && BrotliEncoder.TryCompress(payload, bytes.AsSpan(offset), out stored, BrotliQuality, BrotliWindow)
            && payload.Length <= (long)stored * MaxRatio;
        if (!isCompressed)
        {
            payload.CopyTo(bytes.AsSpan(offset));
            stored = payload.Length;
        }

        var span = bytes.AsSpan(0, offset + stored);
        span[0] = (byte)'N';
        span[1] = (byte)'L';
        span[2] = FormatVersion;
        span[3] = isCompressed ? Compressed : (byte)0;
        BinaryPrimitives.WriteUInt64LittleEndian(span[12..], entry.Schema);
        entry.JournalId.TryWriteBytes(span[20..]);
        BinaryPrimitives.WriteInt64LittleEndian(span[36..], entry.Lease);
        BinaryPrimitives.WriteInt64LittleEndian(span[44..], loadedAt);
        BinaryPrimitives.WriteInt64LittleEndian(span[52..], entry.CachedAt.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(span[60..], Milliseconds(entry.TimeToLive));
        BinaryPrimitives.WriteInt64LittleEndian(span[68..], Milliseconds(entry.StaleWindow));
        BinaryPrimitives.WriteInt64LittleEndian(span[76..], Milliseconds(entry.SlidingExpiration));
        BinaryPrimitives.WriteInt64LittleEndian(span[84..], Milliseconds(entry.LongestTimeToLive));
        BinaryPrimitives.WriteInt32LittleEndian(span[92..], payload.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(span[96..], (ushort)entry.Tags.Count);
        var at = HeaderBytes;
        foreach (var tag in entry.Tags)
        {
            var length = Encoding.UTF8.GetBytes(tag, span[(at + sizeof(ushort))..]);
            BinaryPrimitives.WriteUInt16LittleEndian(span[at..], (ushort)length);
            at += sizeof(ushort) + length;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(span[HashAt..], Hash(key, span));
        return bytes.AsMemory(0, span.Length);
    }

    /// <summary>Reads a value. Its payload may share the bytes given.</summary>
    /// <param name="key">The key that was asked for.</param>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="loadedAt">When it was loaded, by the store's clock, in ms since 1970.</param>
    /// <param name="entry">The value, with an age of zero; null where the bytes are not one of this key.</param>
    public static bool TryDecode(CacheKey key, ReadOnlyMemory<byte> bytes, out long loadedAt, [NotNullWhen(true)] out DistributedEntry? entry)
    {
        entry = null;
        var span = bytes.Span;
        if (!TryReadTimes(span, out loadedAt, out var timeToLive, out var staleWindow)
            || span[3] > Compressed
            || BinaryPrimitives.ReadUInt64LittleEndian(span[HashAt..]) != Hash(key, span))
        {
            return false;
        }

        var cachedAt = BinaryPrimitives.ReadInt64LittleEndian(span[52..]);
        var sliding = BinaryPrimitives.ReadInt64LittleEndian(span[76..]);
        var longest = BinaryPrimitives.ReadInt64LittleEndian(span[84..]);
        var size = BinaryPrimitives.ReadInt32LittleEndian(span[92..]);
        if (sliding is < 0 or > LongestMs || longest is < 0 or > LongestMs
            || cachedAt < 0 || cachedAt > DateTime.MaxValue.Ticks || size is < 0 or > MaxPayloadBytes
            || !TryReadTags(span, out var tags, out var payloadAt)
            || !TryReadPayload(bytes[payloadAt..], span[3] == Compressed, size, out var payload))
        {
            return false;
        }

        entry = new DistributedEntry
        {
            Payload = payload,
            Schema = BinaryPrimitives.ReadUInt64LittleEndian(span[12..]),
            JournalId = new Guid(span.Slice(20, 16)),
            Lease = BinaryPrimitives.ReadInt64LittleEndian(span[36..]),
            CachedAt = new DateTime(cachedAt, DateTimeKind.Utc),
            Age = TimeSpan.Zero,
            TimeToLive = timeToLive,
            StaleWindow = staleWindow,
            SlidingExpiration = TimeSpan.FromMilliseconds(sliding),
            LongestTimeToLive = TimeSpan.FromMilliseconds(longest),
            Tags = tags,
        };
        return true;
    }

    /// <summary>Reads the times of a value of which only the first <see cref="HeaderBytes"/> are at hand: for display, as nothing is checked against the hash.</summary>
    public static bool TryReadTimes(ReadOnlySpan<byte> header, out long loadedAt, out TimeSpan timeToLive, out TimeSpan staleWindow)
    {
        (loadedAt, timeToLive, staleWindow) = (0, default, default);
        if (header.Length < HeaderBytes || header[0] != 'N' || header[1] != 'L' || header[2] != FormatVersion)
        {
            return false;
        }

        loadedAt = BinaryPrimitives.ReadInt64LittleEndian(header[44..]);
        var ttl = BinaryPrimitives.ReadInt64LittleEndian(header[60..]);
        var stale = BinaryPrimitives.ReadInt64LittleEndian(header[68..]);
        if (loadedAt is < 0 or > 10 * LongestMs || ttl is <= 0 or > LongestMs || stale is < 0 or > LongestMs)
        {
            return false;
        }

        (timeToLive, staleWindow) = (TimeSpan.FromMilliseconds(ttl), TimeSpan.FromMilliseconds(stale));
        return true;
    }

    private static bool TryReadTags(ReadOnlySpan<byte> span, out IReadOnlyList<string> tags, out int payloadAt)
    {
        payloadAt = HeaderBytes;
        tags = [];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(span[96..]);
        if (count == 0)
        {
            return true;
        }

        if (count * sizeof(ushort) > span.Length - HeaderBytes)
        {
            return false;
        }

        var list = new string[count];
        for (var i = 0; i < count; i++)
        {
            if (span.Length - payloadAt < sizeof(ushort))
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(span[payloadAt..]);
            payloadAt += sizeof(ushort);
            // What is not UTF-8 would be read as another tag.
            if (span.Length - payloadAt < length || !Utf8.IsValid(span.Slice(payloadAt, length)))
            {
                return false;
            }

            list[i] = Encoding.UTF8.GetString(span.Slice(payloadAt, length));
            payloadAt += length;
        }

        tags = list;
        return true;
    }

    private static bool TryReadPayload(ReadOnlyMemory<byte> stored, bool isCompressed, int size, out ReadOnlyMemory<byte> payload)
    {
        payload = stored;
        if (!isCompressed)
        {
            return stored.Length == size;
        }

        if (size > (long)stored.Length * MaxRatio)
        {
            return false;
        }

        var buffer = new byte[size];
        payload = buffer;
        return BrotliDecoder.TryDecompress(stored.Span, buffer, out var written) && written == size;
    }

    /// <summary>The hash that stands in a value. The key and the bytes before the hash go in as the seed: no allocation.</summary>
    internal static ulong Hash(CacheKey key, ReadOnlySpan<byte> value)
    {
        var seed = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.Value.AsSpan()), BinaryPrimitives.ReadInt32LittleEndian(value));
        return XxHash3.HashToUInt64(value[HashEnd..], unchecked((long)seed));
    }

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
