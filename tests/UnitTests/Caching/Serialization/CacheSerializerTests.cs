using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.UnitTests.Caching.Serialization;

public sealed class CacheSerializerTests
{
    private readonly CacheSerializer _serializer = new();

    private enum Colour
    {
        Red = 1,
        Green = 2,
    }

    [Fact]
    public void TryDeserialize_WhenSerialized_BringsAnEqualValue()
    {
        Same<string?>(null);
        Same("");
        Same("quotes \" ' \\ <b> & \u0000 \t ünïcode 漢字 😀 \u2028");
        Same(0);
        Same(int.MinValue);
        Same(long.MaxValue);
        Same<int?>(null);
        Same<int?>(5);
        Same(true);
        Same(1.10m);
        Same(decimal.MaxValue);
        Same(0.1 + 0.2);
        Same(double.Epsilon);
        Same(double.NaN);
        Same(double.NegativeInfinity);
        Same(float.MaxValue);
        Same(Colour.Green);
        Same((Colour)99);
        Same(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        Same(new DateOnly(2024, 2, 29));
        Same(new TimeOnly(23, 59, 59, 999));
        Same(TimeSpan.FromTicks(-1));
        Same(TimeSpan.MaxValue);
        Same(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(5.5)).AddTicks(7));
        Same((1, "two", 3.0));
        Same(new Leaf("a", 1.50m));
        Same<Leaf?>(null);
        SameItems(Array.Empty<int>());
        SameItems<IReadOnlyList<Leaf?>>([new("a", 1), null, new("", -0.0m)]);
        SameItems<IReadOnlyDictionary<string, IReadOnlyList<int>>>(new Dictionary<string, IReadOnlyList<int>> { [""] = [], ["k:*?[]"] = [1, 2] });
        SameItems(Enumerable.Range(0, 100_000).ToList());
        SameItems(new Tree("root", [new("a", [], null), new("b", [new("c", [], null)], null)], new Dictionary<Colour, DateTime?> { [Colour.Red] = DateTime.UnixEpoch, [Colour.Green] = null }));
    }

    [Theory]
    [InlineData(DateTimeKind.Utc)]
    [InlineData(DateTimeKind.Unspecified)]
    [InlineData(DateTimeKind.Local)]
    public void TryDeserialize_WhenADateHasAKind_KeepsIt(DateTimeKind kind)
    {
        var date = new DateTime(2026, 3, 29, 2, 30, 0, kind).AddTicks(1);

        Same(date).Kind.Should().Be(kind);
    }

    [Fact]
    public void TryDeserialize_WhenTheBytesAreNotOfTheType_IsFalse()
    {
        foreach (var text in new[] { "", "nul", "{", "\"x\"", "[1,", "{\"Name\":1}", "\u0000" })
        {
            _serializer.TryDeserialize<Leaf>(Encoding.UTF8.GetBytes(text), out var value).Should().BeFalse();
            value.Should().BeNull();
        }

        _serializer.TryDeserialize<int>("null"u8.ToArray(), out _).Should().BeFalse();
        _serializer.TryDeserialize<Picky>("{\"Value\":-1}"u8.ToArray(), out _).Should().BeFalse("its constructor throws");
    }

    [Theory]
    [InlineData(typeof(int))]
    [InlineData(typeof(string))]
    [InlineData(typeof(decimal?))]
    [InlineData(typeof(DateTimeOffset))]
    [InlineData(typeof(Colour))]
    [InlineData(typeof(Leaf))]
    [InlineData(typeof(Tree))]
    [InlineData(typeof(InitOnly))]
    [InlineData(typeof(ReadOnlyStruct))]
    [InlineData(typeof(IReadOnlyList<Leaf>))]
    [InlineData(typeof(IReadOnlyDictionary<string, IReadOnlyCollection<int>>))]
    [InlineData(typeof(ImmutableArray<int>))]
    [InlineData(typeof(ImmutableDictionary<string, Leaf>))]
    [InlineData(typeof(FrozenDictionary<string, int>))]
    [InlineData(typeof(FrozenSet<Guid>))]
    public void IsImmutable_WhenNothingCanBeChanged_IsTrue(Type type) => ImmutabilityInspector.IsImmutable(type).Should().BeTrue();

    [Theory]
    [InlineData(typeof(object))]
    [InlineData(typeof(int[]))]
    [InlineData(typeof(List<int>))]
    [InlineData(typeof(Dictionary<string, int>))]
    [InlineData(typeof(IList<int>))]
    [InlineData(typeof(IEnumerable<int>))]
    [InlineData(typeof(IReadOnlyList<List<int>>))]
    [InlineData(typeof(ImmutableArray<int[]>))]
    [InlineData(typeof(ImmutableArray<int>.Builder))]
    [InlineData(typeof(Settable))]
    [InlineData(typeof(SettableBelow))]
    [InlineData(typeof(PrivatelySettable))]
    [InlineData(typeof(HoldsAnArray))]
    [InlineData(typeof(DeepInside))]
    [InlineData(typeof((int, string)))]
    [InlineData(typeof(StringBuilder))]
    [InlineData(typeof(Action))]
    public void IsImmutable_WhenSomethingCanBeChanged_IsFalse(Type type) => ImmutabilityInspector.IsImmutable(type).Should().BeFalse();

    [Fact]
    public void Serialize_WhenEveryMemberComesBack_DoesNotCompare()
    {
        _serializer.Serialize(new Leaf("a", 1));
        FaithfulContract.IsDoubtful.Should().BeFalse("a constructor takes what has no setter");
        _serializer.Serialize(new InitOnly { Name = "a" });
        FaithfulContract.IsDoubtful.Should().BeFalse();
    }

    [Fact]
    public void Serialize_WhenAMemberIsWrittenAndNotRead_ThrowsUnlessItComesBackAllTheSame()
    {
        var value = new PrivatelySettable();
        _serializer.Serialize(value);
        value.Change();

        FluentActions.Invoking(() => _serializer.Serialize(value)).Should().Throw<NotSupportedException>();
    }

    private T? Same<T>(T value)
    {
        _serializer.TryDeserialize<T>(_serializer.Serialize(value), out var read).Should().BeTrue();
        read.Should().Be(value);
        return read;
    }

    private void SameItems<T>(T value)
    {
        _serializer.TryDeserialize<T>(_serializer.Serialize(value), out var read).Should().BeTrue();
        read.Should().BeEquivalentTo(value, o => o.WithStrictOrdering());
    }

    public sealed record Leaf(string Name, decimal Value);

    private sealed record Tree(string Name, IReadOnlyList<Tree> Children, IReadOnlyDictionary<Colour, DateTime?>? Dates);

    private sealed record Picky
    {
        public Picky(int value) => Value = value < 0 ? throw new InvalidOperationException("negative") : value;

        public int Value { get; }
    }

    private sealed class InitOnly
    {
        public required string Name { get; init; }

        public IReadOnlyList<int> Numbers { get; init; } = [];
    }

    [Fact]
    public void Serialize_WhenItWouldComeBackAsSomethingElse_Throws()
    {
        object?[] refused = [new Page { 1, 2 }, new Heap(), new Shelter(new Dog("d")), "\U0001F600".ToCharArray(), '\ud83d'];
        foreach (var value in refused)
        {
            var serialize = () => typeof(CacheSerializer).GetMethod(nameof(CacheSerializer.Serialize))!.MakeGenericMethod(value!.GetType())
                .Invoke(_serializer, BindingFlags.DoNotWrapExceptions, null, [value], null);
            serialize.Should().Throw<NotSupportedException>("{0} does not come back", value!.GetType().Name);
        }

        _serializer.TryDeserialize<char[]>(_serializer.Serialize("aé".ToCharArray()), out var text).Should().BeTrue();
        text.Should().Equal("aé");
        _serializer.TryDeserialize<Plain>(_serializer.Serialize(new Plain { 3 }), out var plain).Should().BeTrue();
        plain.Should().Equal(3);
    }

    [Fact]
    public void Serialize_WhenACollectionIsTheFrameworks_WritesItWhateverItsAssembly()
    {
        _serializer.TryDeserialize<ConcurrentDictionary<string, int>>(
            _serializer.Serialize(new ConcurrentDictionary<string, int> { ["a"] = 1 }), out var dictionary).Should().BeTrue();
        dictionary.Should().Equal(new Dictionary<string, int> { ["a"] = 1 });
        _serializer.TryDeserialize<ObservableCollection<int>>(_serializer.Serialize(new ObservableCollection<int> { 1, 2 }), out var list).Should().BeTrue();
        list.Should().Equal(1, 2);
    }

    private sealed class Page : List<int>
    {
        public int Total { get; set; } = 500;
    }

    private sealed class Heap : Stack<int>;

    private sealed class Plain : List<int>;

    private sealed record Shelter(Animal Animal);

    [JsonDerivedType(typeof(Dog))]
    private record Animal(string Name);

    private sealed record Dog(string Name) : Animal(Name);

    private readonly record struct ReadOnlyStruct(int A, Leaf B);

    private sealed class Settable
    {
        public int Value { get; set; }
    }

    private class SettableBase
    {
        public int Below { get; set; }
    }

    private sealed class SettableBelow : SettableBase
    {
        public int Value { get; init; }
    }

    private sealed class PrivatelySettable
    {
        public int Value { get; private set; }

        public void Change() => Value++;
    }

    private sealed record HoldsAnArray(byte[] Bytes);

    private sealed record DeepInside(IReadOnlyDictionary<string, IReadOnlyList<HoldsAnArray>> Items);
}
