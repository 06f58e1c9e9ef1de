using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>What lies in Redis under a key of ours: the codec, and what makes an entry of memory of it.</summary>
internal sealed class RedisValueTarget : FuzzTarget
{
    private const int SizeAt = 92;
    private const int TagsAt = 96;
    private const ulong ForeignSchema = 0xfeed_beef_dead_0001;
    private const int MaxRatio = 1024;
    private static readonly CacheKey Key = CacheKey.Of("fuzz");

    /// <summary>Where the header's numbers begin, and how wide they are.</summary>
    private static readonly (int At, int Width)[] Fields =
        [(0, 1), (1, 1), (2, 1), (3, 1), (12, 8), (20, 8), (36, 8), (44, 8), (52, 8), (60, 8), (68, 8), (76, 8), (84, 8), (SizeAt, 4), (TagsAt, 2), (98, 2)];

    private static readonly long[] Numbers =
        [0, 1, -1, 300_000, ushort.MaxValue, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1000L * 366 * 24 * 3600 * 1000, (1000L * 366 * 24 * 3600 * 1000) + 1,
            DateTime.MaxValue.Ticks, DateTime.MaxValue.Ticks + 1, RedisValueCodec.MaxPayloadBytes, RedisValueCodec.MaxPayloadBytes + 1];

    private static readonly CacheSerializer Serializer = new();

    private readonly EntryFactory _factory = new(
        Serializer, new CacheClock(new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero))), Options.Create(new CacheOptions()), NullLogger<EntryFactory>.Instance);

    private readonly IReadOnlyList<Shape> _shapes = [new Shape<string>(), new Shape<DashboardSummaryResponse>(), new Shape<List<long?>>()];
    private DistributedEntry? _entry;
    private long _loadedAt;

    public override IReadOnlyList<byte[]> Seeds { get; } = MakeSeeds();

    public override IReadOnlyList<byte[]> Regressions { get; } =
    [
        [],
        .. Enumerable.Range(RedisValueCodec.HeaderBytes - 2, 4).Select(length => new byte[length]),
        // A tag that is no UTF-8: as text it would be another one.
        Rehashed(Encoded(Entry(ForeignSchema, "\"x\""u8, ["ab"]), 0), bytes => (bytes[100], bytes[101]) = (0xc3, 0x28)),
        // A length of a tag that goes past the end, and a count of tags that are not there.
        Rehashed(Encoded(Entry(ForeignSchema, ""u8, ["ab"]), 0), bytes => bytes[98] = 3),
        Rehashed(Encoded(Entry(ForeignSchema, ""u8, []), 0), bytes => bytes.AsSpan(TagsAt, 2).Fill(0xff)),
        // Compressed, and 64 MiB by its own word.
        Rehashed(Encoded(Entry(ForeignSchema, new byte[2000], []), 1), bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(SizeAt), RedisValueCodec.MaxPayloadBytes)),
    ];

    public override IReadOnlyList<byte[]> Tokens { get; } = ["null"u8.ToArray(), "1e999"u8.ToArray(), "\"\\ud800\""u8.ToArray(), "[[[[[[[["u8.ToArray(), "\"NaN\""u8.ToArray(), "{}"u8.ToArray(), [0xc3, 0x28]];

    public override int Run(byte[] input)
    {
        if (!RedisValueCodec.TryDecode(Key, input, out _loadedAt, out _entry))
        {
            return 0;
        }

        var outcome = 1 + Math.Min(3, _entry.Tags.Count) + (input[3] * 4) + (8 * int.Log2(_entry.Payload.Length + 1));
        foreach (var shape in _shapes)
        {
            if (shape.Schema == _entry.Schema)
            {
                outcome += 1000 + (shape.Promote(_factory, _entry) ? 1000 : 0);
            }
        }

        return outcome;
    }

    public override long AllocationBound(byte[] input) =>
        32_768 + ((input.Length > 3 && input[3] == 1 ? MaxRatio + 76 : 64) * (long)input.Length) + (_entry is null ? 0 : 400L * _entry.Payload.Length);

    public override void Verify(byte[] input)
    {
        if (_entry is not { } entry)
        {
            return;
        }

        Require(BinaryPrimitives.ReadUInt64LittleEndian(input.AsSpan(4)) == Hash(input), "bytes whose hash is another were taken");
        Require(entry.TimeToLive > TimeSpan.Zero && entry.StaleWindow >= TimeSpan.Zero && entry.SlidingExpiration >= TimeSpan.Zero && entry.LongestTimeToLive >= TimeSpan.Zero, "a time is out of bounds");
        Require(entry.TimeToLive + entry.StaleWindow + entry.LongestTimeToLive > TimeSpan.Zero, "the times add up to too much");
        var again = RedisValueCodec.Encode(Key, entry, _loadedAt, 0);
        Require(again is not null, "what was decoded cannot be encoded");
        if (input[3] == 0)
        {
            Require(again!.Value.Span.SequenceEqual(input), "what was decoded has another encoding");
        }
        else
        {
            Require(RedisValueCodec.TryDecode(Key, again!.Value, out _, out var read) && read.Payload.Span.SequenceEqual(entry.Payload.Span), "what was decoded does not come back");
            Require(entry.Payload.Length > 65_536 || Inflated(input.AsMemory(PayloadAt(entry))).AsSpan().SequenceEqual(entry.Payload.Span), "the payload is not what was compressed");
        }

        foreach (var shape in _shapes.Where(shape => shape.Schema == entry.Schema))
        {
            shape.Verify();
        }
    }

    public override byte[] Reshape(byte[] input, Random random)
    {
        if (input.Length < RedisValueCodec.HeaderBytes)
        {
            return input;
        }

        switch (random.Next(8))
        {
            case 0 or 1:
                var (at, width) = Fields[random.Next(Fields.Length)];
                Span<byte> number = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[random.Next(Numbers.Length)]);
                number[..Math.Min(width, input.Length - at)].CopyTo(input.AsSpan(at));
                break;
            case 2:
                input = Compressed(input, random);
                break;
            case 3 or 4 or 5:
                // Right in all but what was changed behind the header.
                ("NL"u8).CopyTo(input);
                (input[2], input[3]) = (RedisValueCodec.FormatVersion, 0);
                var payloadAt = TryPayloadAt(input);
                BinaryPrimitives.WriteInt32LittleEndian(input.AsSpan(SizeAt), Math.Max(0, input.Length - payloadAt));
                break;
            default:
                break;
        }

        if (random.Next(16) != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(input.AsSpan(4), Hash(input));
        }

        return input;
    }

    /// <summary>The header of an input before another payload, compressed, with a size that is right, or nearly.</summary>
    private static byte[] Compressed(byte[] input, Random random)
    {
        var payload = new byte[random.Next(1 << random.Next(14))];
        payload.AsSpan().Fill((byte)random.Next(256));
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(payload.Length)];
        Require(BrotliEncoder.TryCompress(payload, packed, out var length, random.Next(0, 6), random.Next(10, 25)), "it could not be compressed");
        byte[] bytes = [.. input.AsSpan(0, RedisValueCodec.HeaderBytes), .. packed.AsSpan(0, length - (random.Next(8) == 0 ? 1 : 0))];
        bytes[3] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(SizeAt), payload.Length + (random.Next(8) == 0 ? random.Next(-2, 3) : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(TagsAt), 0);
        return bytes;
    }

    private static int TryPayloadAt(ReadOnlySpan<byte> bytes)
    {
        var at = RedisValueCodec.HeaderBytes;
        for (int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[TagsAt..]); count > 0 && at + 2 <= bytes.Length; count--)
        {
            at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
        }

        return at;
    }

    private static int PayloadAt(DistributedEntry entry) => RedisValueCodec.HeaderBytes + entry.Tags.Sum(tag => 2 + Encoding.UTF8.GetByteCount(tag));

    private static byte[] Inflated(ReadOnlyMemory<byte> packed)
    {
        using var source = new MemoryStream(packed.ToArray());
        using var stream = new BrotliStream(source, CompressionMode.Decompress);
        using var result = new MemoryStream();
        stream.CopyTo(result);
        return result.ToArray();
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes[12..], (long)XxHash3.HashToUInt64(Encoding.Unicode.GetBytes(Key.Value), BinaryPrimitives.ReadInt32LittleEndian(bytes)));

    private static byte[] Rehashed(byte[] bytes, Action<byte[]> change)
    {
        change(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), Hash(bytes));
        return bytes;
    }

    private static byte[] Encoded(DistributedEntry entry, int compressFrom) => RedisValueCodec.Encode(Key, entry, 1_790_000_000_123, compressFrom)!.Value.ToArray();

    private static byte[][] MakeSeeds()
    {
        var summary = new DashboardSummaryResponse(
            12,
            new Dictionary<string, int> { ["heart_rate"] = 12, ["eeg"] = 0 },
            new Dictionary<string, int> { ["completed"] = 11, ["failed"] = 1 },
            new RecentActivityResponse(3, 91.7),
            new Dictionary<string, MetricsResponse> { ["heart_rate"] = new() { Mean = 75.5, StdDev = 3.25, Min = 61, Max = 99 } },
            new DateTime(2026, 10, 31, 12, 0, 0, DateTimeKind.Utc));
        var longs = new List<long?>([.. Enumerable.Range(0, 3000).Select(i => (long?)i)]);
        var entries = new[]
        {
            Entry(ForeignSchema, ""u8, []),
            Entry(ForeignSchema, "{\"a\":1}"u8, ["results"]),
            Entry(ForeignSchema, "0123456789"u8, ["größe-😀", "", "b"]),
            Entry(ForeignSchema, "x"u8, [.. Enumerable.Range(0, 60).Select(i => $"t{i}")]),
            Entry(Serializer.SchemaOf<string>(), Serializer.Serialize("text").Span, []),
            Entry(Serializer.SchemaOf<string>(), Serializer.Serialize<string?>(null).Span, ["t"]),
            Entry(Serializer.SchemaOf<DashboardSummaryResponse>(), Serializer.Serialize(summary).Span, []),
            Entry(Serializer.SchemaOf<List<long?>>(), Serializer.Serialize(new List<long?> { 1, null, long.MinValue }).Span, []),
            Entry(Serializer.SchemaOf<List<long?>>(), Serializer.Serialize(longs).Span, []),
            Entry(ForeignSchema, new byte[20_000], ["t"]),
            Entry(ForeignSchema, new byte[300], []) with { SlidingExpiration = TimeSpan.Zero, LongestTimeToLive = TimeSpan.Zero, StaleWindow = TimeSpan.Zero },
        };
        return [.. entries.Where(entry => entry.Payload.Length < 4000).Select(entry => Encoded(entry, 0)), .. entries.Select(entry => Encoded(entry, 200))];
    }

    private static DistributedEntry Entry(ulong schema, ReadOnlySpan<byte> payload, IReadOnlyList<string> tags) => new()
    {
        Payload = payload.ToArray(),
        Schema = schema,
        JournalId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Lease = 7,
        CachedAt = new DateTime(2026, 10, 31, 23, 59, 0, DateTimeKind.Utc),
        Age = TimeSpan.Zero,
        TimeToLive = TimeSpan.FromMilliseconds(300_001),
        StaleWindow = TimeSpan.FromMilliseconds(600_002),
        SlidingExpiration = TimeSpan.FromMilliseconds(60_003),
        LongestTimeToLive = TimeSpan.FromMilliseconds(900_004),
        Tags = tags,
    };

    private abstract class Shape
    {
        public abstract ulong Schema { get; }

        public abstract bool Promote(EntryFactory factory, DistributedEntry entry);

        public abstract void Verify();
    }

    private sealed class Shape<T> : Shape
    {
        private CacheEntry<T>? _promoted;

        public override ulong Schema { get; } = Serializer.SchemaOf<T>();

        public override bool Promote(EntryFactory factory, DistributedEntry entry)
        {
            _promoted = factory.Promote<T>(Key, entry, CachePolicy.Default, epoch: 1, readAt: 1);
            return _promoted is not null;
        }

        public override void Verify()
        {
            if (_promoted is null)
            {
                return;
            }

            // Its load is told of up to a millisecond early; its ends are not moved.
            var life = new CacheOptions().MaxEntryLife.Ticks + TimeSpan.TicksPerMillisecond;
            Require(_promoted.LatestFreshUntil - _promoted.LoadedAt <= life && _promoted.FreshUntil <= _promoted.LatestFreshUntil, "it is fresh for longer than any entry");
            Require(_promoted.StaleWindow >= 0 && _promoted.LatestFreshUntil - _promoted.LoadedAt + _promoted.StaleWindow <= life, "it lives for longer than any entry");
            Require(_promoted.Size > 0, "its size is none");
            var written = Serializer.Serialize(_promoted.Answer(CacheSource.Redis).Value);
            Require(Serializer.TryDeserialize<T>(written, out var read) && Serializer.Serialize(read).Span.SequenceEqual(written.Span), "the value does not come back from its own form");
        }
    }
}
