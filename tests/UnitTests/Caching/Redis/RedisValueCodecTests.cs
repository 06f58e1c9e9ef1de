using System.Buffers.Binary;
using System.Text;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.UnitTests.Caching.Redis;

public sealed class RedisValueCodecTests
{
    private const int CompressFrom = 1024;
    private static readonly CacheKey Key = CacheKey.Of("codec:1");

    public static TheoryData<int, int> PayloadsAndTags => new() { { 0, 0 }, { 1, 1 }, { 100, 3 }, { 1023, 0 }, { 1024, 2 }, { 200_000, 5 } };

    [Theory]
    [MemberData(nameof(PayloadsAndTags))]
    public void TryDecode_WhenEncoded_BringsEveryMember(int length, int tags)
    {
        var entry = Entry(length, tags);

        var bytes = RedisValueCodec.Encode(Key, entry, 1_790_000_000_123, CompressFrom)!.Value;

        RedisValueCodec.TryDecode(Key, bytes, out var loadedAt, out var read).Should().BeTrue();
        loadedAt.Should().Be(1_790_000_000_123);
        read.Should().BeEquivalentTo(entry, o => o.Excluding(e => e.Payload).Excluding(e => e.Age));
        read!.Payload.ToArray().Should().Equal(entry.Payload.ToArray());
        RedisValueCodec.TryReadTimes(bytes.Span[..RedisValueCodec.HeaderBytes], out _, out var ttl, out var stale).Should().BeTrue();
        (ttl, stale).Should().Be((entry.TimeToLive, entry.StaleWindow));
    }

    [Fact]
    public void Encode_WhenCompressionDoesNotHelp_StoresThePayloadAsItIs()
    {
        var random = new byte[50_000];
        new Random(7).NextBytes(random);
        var tight = new byte[10_000_000];

        foreach (var payload in new[] { random, tight })
        {
            var bytes = RedisValueCodec.Encode(Key, Entry(0, 0) with { Payload = payload }, 1, CompressFrom)!.Value;
            bytes.Length.Should().Be(RedisValueCodec.HeaderBytes + payload.Length);
            RedisValueCodec.TryDecode(Key, bytes, out _, out var read).Should().BeTrue();
            read!.Payload.Span.SequenceEqual(payload).Should().BeTrue();
        }

        RedisValueCodec.Encode(Key, Entry(50_000, 0), 1, 0)!.Value.Length.Should().BeGreaterThan(50_000, "0 turns compression off");
    }

    [Fact]
    public void Encode_WhenTooLarge_GivesNothing() =>
        RedisValueCodec.Encode(Key, Entry(0, 0) with { Payload = new byte[RedisValueCodec.MaxPayloadBytes + 1] }, 1, 0).Should().BeNull();

    [Fact]
    public void TryDecode_WhenAnyOneBitIsFlipped_Refuses()
    {
        var bytes = RedisValueCodec.Encode(Key, Entry(60, 2), 1_790_000_000_123, CompressFrom)!.Value.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            RedisValueCodec.TryDecode(Key, bytes, out _, out _).Should().BeFalse("bit {0} was flipped", bit);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void TryDecode_WhenTheValueIsOfAnotherKey_Refuses()
    {
        var bytes = RedisValueCodec.Encode(Key, Entry(60, 2), 1, CompressFrom)!.Value;

        RedisValueCodec.TryDecode(Key, bytes, out _, out _).Should().BeTrue();
        RedisValueCodec.TryDecode(CacheKey.Of(Key.Value + "0"), bytes, out _, out _).Should().BeFalse("it may be another user's");
    }

    [Fact]
    public void TryDecode_WhenATagIsNoUtf8_Refuses()
    {
        var bytes = RedisValueCodec.Encode(Key, Entry(0, 0) with { Tags = ["ab"] }, 1, CompressFrom)!.Value.ToArray();
        (bytes[100], bytes[101]) = (0xc3, 0x28);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), RedisValueCodec.Hash(Key, bytes));

        RedisValueCodec.TryDecode(Key, bytes, out _, out _).Should().BeFalse("it would be invalidated by another tag");
    }

    /// <summary>Half of the mutations get a right hash, so that they come past it to the code behind.</summary>
    [Fact]
    public void TryDecode_WhenGivenMutatedBytes_NeverThrowsNorAllocatesBeyondWhatIsThere()
    {
        var random = new Random(20_261_122);
        var seeds = new[] { Entry(0, 0), Entry(40, 3), Entry(5000, 1), Entry(30, 300) }.Select(e => RedisValueCodec.Encode(Key, e, 1_790_000_000_123, CompressFrom)!.Value.ToArray()).ToArray();
        var decoded = 0;
        for (var i = 0; i < 150_000; i++)
        {
            var bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            if (i % 2 == 0 && bytes.Length >= RedisValueCodec.HeaderBytes)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(4), RedisValueCodec.Hash(Key, bytes));
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var isOurs = RedisValueCodec.TryDecode(Key, bytes, out _, out var entry);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            allocated.Should().BeLessThan(10_000 + (1100L * bytes.Length), "the bytes at hand bound what is allocated");
            isOurs.Should().Be(entry is not null);
            decoded += isOurs ? 1 : 0;
        }

        decoded.Should().BeGreaterThan(1000, "mutations with a right hash must reach the code behind it");
    }

    [Fact]
    public void TryDecode_WhenGivenNoise_Refuses()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            RedisValueCodec.TryDecode(Key, bytes, out _, out _).Should().BeFalse();
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = (byte[])seed.Clone();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            switch (random.Next(6))
            {
                case 0 when bytes.Length > 0:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 1 when bytes.Length > 100:
                    bytes[random.Next(36, 100)] = random.Next(2) == 0 ? (byte)0xff : (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..random.Next(bytes.Length + 1)];
                    break;
                case 3:
                    var more = new byte[random.Next(100)];
                    random.NextBytes(more);
                    bytes = [.. bytes, .. more];
                    break;
                case 4 when bytes.Length > 3:
                    bytes[3] ^= 1;
                    break;
                case 5 when bytes.Length > 106:
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(random.Next(76, 103)), random.Next(int.MinValue, int.MaxValue));
                    break;
                default:
                    break;
            }
        }

        return bytes;
    }

    private static DistributedEntry Entry(int length, int tags) => new()
    {
        Payload = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, (length / 20) + 1).Select(i => $"{{\"experiment\":{i:D6}}},"))[..length]),
        Schema = 0xfeed_beef_dead_0001,
        JournalId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Lease = long.MaxValue - 1,
        CachedAt = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddTicks(7),
        Age = TimeSpan.Zero,
        TimeToLive = TimeSpan.FromMilliseconds(300_001),
        StaleWindow = TimeSpan.FromMilliseconds(600_002),
        SlidingExpiration = TimeSpan.FromMilliseconds(60_003),
        LongestTimeToLive = TimeSpan.FromMilliseconds(900_004),
        Tags = [.. Enumerable.Range(0, tags).Select(i => i % 2 == 0 ? $"tag{i}" : $"größe-😀-{i}")],
    };
}
