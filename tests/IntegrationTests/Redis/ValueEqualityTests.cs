using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>A value is what was loaded: from memory, from a real Redis on another node, and as a stale copy of either; and nobody changes another's.</summary>
[Collection("redis")]
public sealed class ValueEqualityTests(RedisServer server) : IAsyncLifetime
{
    private readonly InProcessJournal _journal = new(TimeProvider.System);
    private RedisTierHost _one = null!;
    private RedisTierHost _two = null!;
    private RedisTierHost _three = null!;

    [Flags]
    private enum Colours
    {
        None = 0,
        Red = 1,
        Green = 2,
        Blue = 1 << 30,
    }

    private enum Wide : ulong
    {
        Last = ulong.MaxValue,
    }

    public async Task InitializeAsync()
    {
        // Nothing here is about time, and a busy machine may be slow.
        (string, string)[] settings = [("Cache:Redis:HardTimeout", "00:00:10"), ("Cache:JournalReadTimeout", "00:00:10"), ("Cache:VerificationWindow", "00:01:00"), ("Cache:SoftTimeout", "00:00:30")];
        _one = await RedisTierHost.StartAsync(server.Url, journal: _journal, settings: settings);
        _two = await RedisTierHost.StartAsync(server.Url, journal: _journal, settings: settings);
        _three = await RedisTierHost.StartAsync(server.Url, journal: _journal, settings: settings);
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _three.DisposeAsync();
    }

    [Fact]
    public async Task Value_OfAnyShape_IsEqualInEveryTier()
    {
        await SameAsync<string?>(null);
        await SameAsync("");
        await SameAsync<IReadOnlyList<int>>([]);
        await SameAsync<IReadOnlyList<string?>>([null, "", "a"]);
        await SameAsync(new Empty());
        await SameAsync<Leaf?>(null);
        await SameAsync<int?>(null);
        await SameAsync("quotes \" ' \\ </script> & \u0000 \u0001 \u007f \u00a0 \u2028 \ufeff \ufffd e\u0301 שלום مرحبا \u202e 漢字 😀👩‍👩‍👧‍👦");
        await SameAsync(new Dates(
            new DateTime(2026, 3, 29, 2, 30, 0, DateTimeKind.Unspecified).AddTicks(7), DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), DateTime.MinValue, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(-14)).AddTicks(1), DateTimeOffset.MaxValue, DateOnly.MaxValue, TimeOnly.MaxValue, TimeSpan.MinValue, TimeSpan.MaxValue));
        await SameAsync<IReadOnlyList<decimal>>([1m, 1.0m, 1.00m, 0m, 0.000m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, 79228162514264337593543950335m]);
        await SameAsync<IReadOnlyList<double>>([0.1 + 0.2, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, double.Epsilon, double.MaxValue, 1e-310, 1.0]);
        await SameAsync<IReadOnlyList<float>>([float.NaN, float.Epsilon, -0.0f, float.MaxValue, 0.1f]);
        await SameAsync<IReadOnlyList<long>>([long.MinValue, long.MaxValue, (1L << 53) + 1]);
        await SameAsync((ulong.MaxValue, Int128.MinValue, UInt128.MaxValue, Half.Epsilon, 'é', (byte)255));
        await SameAsync<IReadOnlyList<Colours>>([Colours.None, Colours.Red | Colours.Blue, (Colours)(-1), (Colours)4096]);
        await SameAsync(Wide.Last);
        await SameAsync(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        await SameAsync<IReadOnlyDictionary<string, IReadOnlyList<int>?>>(new Dictionary<string, IReadOnlyList<int>?> { [""] = [], ["a:*?[]\\"] = [1], ["é\u0000"] = null, ["A"] = [], ["a"] = [2] });
        await SameAsync<IReadOnlyDictionary<Guid, Leaf>>(new Dictionary<Guid, Leaf> { [Guid.Empty] = new("x", 1.50m) });
        await SameAsync<IReadOnlyDictionary<Colours, DateTime?>>(new Dictionary<Colours, DateTime?> { [Colours.Red | Colours.Green] = DateTime.UnixEpoch, [(Colours)77] = null });
        await SameAsync(new Tree("root", [new("a", []), new("b", [new("c", [])])]));
        await SameAsync<Shape>(new Circle("c", 1.5));
        await SameAsync<IReadOnlyList<Shape>>([new Circle("c", double.NaN), new Square("s", 2)]);
        await SameAsync(new Computed(2, 3));
        await SameAsync(string.Concat(Enumerable.Range(0, 120_000).Select(i => i.ToString("x", CultureInfo.InvariantCulture))) + "é");
        await SameAsync(Enumerable.Range(0, 30_000).Select(i => new Leaf($"leaf {i}", i / 100m)).ToList());
        await SameAsync(new byte[1_200_000]);
    }

    [Fact]
    public async Task Value_WhenACallerChangesItsOwn_IsNobodyElses()
    {
        await SameAsync(new List<int> { 1, 2 }, list => list.Add(3));
        await SameAsync(new[] { 1, 2 }, array => array[0] = 9);
        await SameAsync(new Dictionary<string, List<int>> { ["a"] = [1] }, map => map["a"].Clear());
        await SameAsync(new Settable { Name = "a", Inner = new Settable { Name = "b" } }, value => value.Inner!.Name = "changed");
        await SameAsync<IReadOnlyList<List<int>>>([[1]], lists => lists[0].Add(2));
    }

    [Fact]
    public async Task Value_ThatWouldComeBackAsSomethingElse_IsAnsweredAndNotCached()
    {
        await NotCachedAsync(new Open("a"), () => new OpenMore("a", 5));
        await NotCachedAsync(new Holder(5));
        await NotCachedAsync(new Stack<int>([1, 2, 3]));
        await NotCachedAsync("half \ud83d");
        await NotCachedAsync<IReadOnlyDictionary<string, int>>(new Dictionary<string, int> { ["\ude00"] = 1 });
        await NotCachedAsync(new Hidden(5));
        await NotCachedAsync(new System.Numerics.BigInteger(5));
        await NotCachedAsync<IHasName>(new Named("a"));
        _one.Log.Lines.Count(line => line.Contains(" 3101 ", StringComparison.Ordinal)).Should().Be(8, "once for each type");
        await NotCachedAsync("half \ud83d again");
        _one.Log.Lines.Count(line => line.Contains(" 3101 ", StringComparison.Ordinal)).Should().Be(8);
    }

    [Fact]
    public async Task Value_WhenItsShapeHasChanged_IsNeverReadAsTheOldOne()
    {
        var key = CacheKey.Of("shape:" + Guid.NewGuid());
        await LoadAsync(_one, key, () => new Before.Dto("a", 1));
        await StoredAsync(key);

        (await LoadAsync(_two, key, () => new Added.Dto("new", 1, 2))).Freshness.Source.Should().Be(CacheSource.Origin);
        (await LoadAsync(_three, key, () => new Removed.Dto("new"))).Value.Name.Should().Be("new");
        (await _three.Cache.GetAsync<Before.Dto>(key, default)).Found?.Value.Should().BeEquivalentTo(new Before.Dto("a", 1));
    }

    private static Task<Cached<T>> LoadAsync<T>(RedisTierHost node, CacheKey key, Func<T> value, ConsistencyToken? after = null) =>
        node.Cache.GetOrLoadAsync(key, value, static (make, _, _) => Task.FromResult(LoadResult<T>.Complete(make())), CachePolicy.Default, [], new CacheReadOptions(After: after), default).AsTask();

    private async Task SameAsync<T>(T value, Action<T>? change = null)
    {
        var key = CacheKey.Of("value:" + Guid.NewGuid());
        var expected = Describe(value);
        var loads = 0;

        // The loader's own instance is the loader's: it may keep it and change it.
        var loaded = await LoadAsync(_one, key, () =>
        {
            loads++;
            return value;
        });
        Is(loaded, CacheSource.Origin);
        var hit = await LoadAsync(_one, key, () => value);
        Is(hit, CacheSource.Memory);
        await StoredAsync(key);
        Is(await LoadAsync<T>(_two, key, () => throw new InvalidOperationException("not to be loaded")), CacheSource.Redis);
        Is(await LoadAsync<T>(_two, key, () => throw new InvalidOperationException("not to be loaded")), CacheSource.Memory);

        // Overtaken, and the origin is down: the copies of memory and of Redis serve as a last resort.
        var token = await _one.Cache.ExpireAsync(key, default);
        foreach (var node in new[] { _two, _three })
        {
            Is(await LoadAsync<T>(node, key, () => throw new OriginUnavailableException(StaleReason.OriginError), token), CacheSource.Stale);
        }

        loads.Should().Be(1);

        void Is(Cached<T> answer, CacheSource source)
        {
            answer.Freshness.Source.Should().Be(source, "of {0}", typeof(T));
            Describe(answer.Value).Should().Be(expected, "from {0}", source);
            change?.Invoke(answer.Value);
        }
    }

    private async Task NotCachedAsync<T>(T like, Func<T>? make = null)
    {
        var key = CacheKey.Of("value:" + Guid.NewGuid());
        make ??= () => like;
        var expected = Describe(make());
        for (var i = 0; i < 2; i++)
        {
            var answer = await LoadAsync(_one, key, make);
            answer.Freshness.Source.Should().Be(CacheSource.Origin, "of {0}", typeof(T));
            Describe(answer.Value).Should().Be(expected);
        }

        (await _two.Tier.GetAsync(key, default)).Outcome.Should().Be(DistributedReadOutcome.Miss);
    }

    // It is stored behind the answer.
    private Task<TimeSpan> StoredAsync(CacheKey key) =>
        _one.UntilAsync(() => _three.Tier.GetAsync(key, default).AsTask().GetAwaiter().GetResult().Outcome == DistributedReadOutcome.Found, "the value is in Redis", limitSeconds: 30);

    /// <summary>Everything that makes a value what it is, to the bit; of collections their items.</summary>
    private static string Describe(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        double number => string.Create(CultureInfo.InvariantCulture, $"d{BitConverter.DoubleToInt64Bits(number):x}"),
        float number => string.Create(CultureInfo.InvariantCulture, $"f{BitConverter.SingleToInt32Bits(number):x}"),
        decimal number => string.Join('.', decimal.GetBits(number)),
        DateTime time => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks} {time.Kind}"),
        DateTimeOffset time => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks} {time.Offset.Ticks}"),
        TimeOnly time => time.Ticks.ToString(CultureInfo.InvariantCulture),
        Enum item => item.ToString("d"),
        byte[] bytes => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes)),
        IDictionary map => "{" + string.Join(",", map.Keys.Cast<object>().Select(k => $"{Describe(k)}:{Describe(map[k])}").Order(StringComparer.Ordinal)) + "}",
        IEnumerable items => "[" + string.Join(",", items.Cast<object?>().Select(Describe)) + "]",
        IFormattable leaf => leaf.ToString(null, CultureInfo.InvariantCulture),
        _ => DescribeMembers(value),
    };

    private static string DescribeMembers(object value)
    {
        var text = new StringBuilder(value.GetType().Name).Append('{');
        foreach (var member in value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            text.Append(member.Name).Append('=').Append(Describe(member.GetValue(value))).Append(';');
        }

        return text.Append('}').ToString();
    }

    private interface IHasName
    {
        string Name { get; }
    }

    private sealed record Empty;

    private sealed record Leaf(string Name, decimal Value);

    private sealed record Tree(string Name, IReadOnlyList<Tree> Children);

    private sealed record Dates(
        DateTime Unspecified, DateTime Utc, DateTime Least, DateTime Local, DateTimeOffset Offset, DateTimeOffset Last, DateOnly Date, TimeOnly Time, TimeSpan Shortest, TimeSpan Longest);

    private sealed record Computed(int A, int B)
    {
        public int Sum => A + B;
    }

    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    private abstract record Shape(string Name);

    private sealed record Circle(string Name, double Radius) : Shape(Name);

    private sealed record Square(string Name, int Side) : Shape(Name);

    private record Open(string Name);

    private sealed record OpenMore(string Name, int More) : Open(Name);

    private sealed record Holder(object Any);

    private sealed record Named(string Name) : IHasName;

    private sealed class Settable
    {
        public string? Name { get; set; }

        public Settable? Inner { get; set; }
    }

    private sealed class Hidden
    {
        [JsonConstructor]
        public Hidden()
        {
        }

        public Hidden(int value) => Value = value;

        public int Value { get; private set; }
    }

    private static class Before
    {
        public sealed record Dto(string Name, int A);
    }

    private static class Added
    {
        public sealed record Dto(string Name, int A, int B);
    }

    private static class Removed
    {
        public sealed record Dto(string Name);
    }
}
