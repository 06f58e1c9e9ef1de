using System.Globalization;
using System.Reflection;
using System.Text;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.FrontDoors;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching.FrontDoors;

public sealed class CachedArgumentsTests
{
    private enum Colour
    {
        Red = 1,
        Blue = 7,
    }

    private sealed record Period(DateOnly From, DateOnly? To);

    private sealed record Question(string? Text, Period? Period, int? Limit);

    private static CachedArguments Of(params Type[] types)
    {
        var method = typeof(CachedArgumentsTests).GetMethod($"Take{types.Length}", BindingFlags.NonPublic | BindingFlags.Static)!;
        return new CachedArguments("p", method.MakeGenericMethod(types).GetParameters());
    }

    private static string KeyOf<T>(T value) => Of(typeof(T)).Read([value]).Key.Value;

#pragma warning disable IDE0051, IDE0060, RCS1213 // Only their parameters are looked at.
    private static void Take1<T>(T one)
    {
    }

    private static void Take4<T1, T2, T3, T4>(T1 one, T2 two, T3 three, T4 four)
    {
    }
#pragma warning restore IDE0051, IDE0060, RCS1213

    /// <summary>Written down, so that a change is seen: after one, nothing that older nodes have stored is found.</summary>
    [Fact]
    public void Key_OfEveryType_IsAlwaysTheSame()
    {
        KeyOf("a b:c*").Should().Be("p:a%20b%3Ac%2A");
        KeyOf("").Should().Be("p:");
        KeyOf<string?>(null).Should().Be("p:!");
        KeyOf("-!").Should().Be("p:-%21");
        KeyOf("null").Should().Be("p:null");
        KeyOf("größe\ud800").Should().Be("p:gr%C3%B6%C3%9Fe%uD800");
        KeyOf('-').Should().Be("p:-");
        KeyOf(true).Should().Be("p:true");
        KeyOf(-5).Should().Be("p:-5");
        KeyOf((byte?)7).Should().Be("p:7");
        KeyOf(long.MinValue).Should().Be("p:-9223372036854775808");
        KeyOf(1.50m).Should().Be("p:1.50");
        KeyOf(1e300).Should().Be("p:1E%2B300");
        KeyOf(0.1f).Should().Be("p:0.1");
        KeyOf(Colour.Blue).Should().Be("p:7");
        KeyOf((Colour?)null).Should().Be("p:!");
        KeyOf(new Guid("00112233-4455-6677-8899-aabbccddeeff")).Should().Be("p:00112233-4455-6677-8899-aabbccddeeff");
        KeyOf(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)).Should().Be("p:2026-01-02T03%3A04%3A05.0000000Z");
        KeyOf(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified)).Should().Be("p:2026-01-02T03%3A04%3A05.0000000");
        KeyOf(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))).Should().Be("p:2026-01-02T03%3A04%3A05.0000000%2B02%3A00");
        KeyOf(new DateOnly(2026, 1, 2)).Should().Be("p:2026-01-02");
        KeyOf(new TimeOnly(3, 4, 5)).Should().Be("p:03%3A04%3A05.0000000");
        KeyOf(TimeSpan.FromMinutes(-90)).Should().Be("p:-01%3A30%3A00");
        KeyOf<int[]>([]).Should().Be("p:()");
        KeyOf<int?[]>([1, null]).Should().Be("p:(1,!,)");
        KeyOf<IReadOnlyList<string>>([""]).Should().Be("p:(,)");
        KeyOf<IReadOnlyCollection<string>?>(null).Should().Be("p:!");
        KeyOf(new Question("a", new Period(new DateOnly(2026, 1, 2), null), 3)).Should().Be("p:(3,(2026-01-02,!,),a,)");
        Of(typeof(CancellationToken)).Read([CancellationToken.None]).Key.Value.Should().Be("p:");
        KeyOf(new string('x', 2000)).Should().Be("p:#42914e4cae58d2d8f0ad5ef816514cb80d84e78a2dce2fc8f8ae400f6e90cbfb");
    }

    [Fact]
    public void Key_InAnotherCulture_IsTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        strange.NumberFormat.NumberDecimalSeparator = ",";
        strange.NumberFormat.NegativeSign = "~";
        strange.DateTimeFormat.DateSeparator = "/";
        try
        {
            CultureInfo.CurrentCulture = strange;

            KeyOf(-1.5m).Should().Be("p:-1.5");
            KeyOf(-1.5).Should().Be("p:-1.5");
            KeyOf(-1).Should().Be("p:-1");
            KeyOf(Colour.Red).Should().Be("p:1");
            KeyOf(new DateOnly(2026, 1, 2)).Should().Be("p:2026-01-02");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("the prefix is long, so that most keys are hashed: ")]
    public void Key_OfTwoLists_IsTheSameExactlyWhereTheyAre(string padding)
    {
        var random = new Random(20_261_122);
        var arguments = Of(typeof(string), typeof(IReadOnlyList<string?>), typeof(Question), typeof(int?));
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var lists = new HashSet<string>(StringComparer.Ordinal);
        var pad = string.Concat(Enumerable.Repeat(padding, 18));
        for (var i = 0; i < 40_000; i++)
        {
            object?[] list = [Text(random) is { } text ? pad + text : null, Words(random), AQuestion(random), Number(random)];
            var described = Describe(list);
            lists.Add(described);

            var key = arguments.Read(list).Key.Value;

            key.Length.Should().BeLessThanOrEqualTo(CacheKey.MaxLength);
            known.TryAdd(key, described);
            known[key].Should().Be(described, "the key {0} is of one list", key);
        }

        known.Should().HaveCount(lists.Count, "equal lists have equal keys");
        lists.Count.Should().BeInRange(1_000, 39_999, "some lists must come twice, and many differ");
    }

    [Fact]
    public void Key_WithCharactersOfAPattern_IsMatchedByItselfAlone()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var (one, other) = (Text(random) ?? "", Text(random) ?? "");

            Glob.IsMatch($"p:{CacheKey.Escape(one)}", KeyOf(other)).Should().Be(one == other);
        }
    }

    /// <summary>Short texts of what has a meaning in keys, patterns and forms.</summary>
    private static string? Text(Random random)
    {
        const string Characters = "-!:*%,()#?[]\\a2é";
        if (random.Next(8) == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        for (var n = random.Next(3); n > 0; n--)
        {
            text.Append(Characters[random.Next(Characters.Length)]);
        }

        return text.ToString();
    }

    private static string?[]? Words(Random random) => random.Next(5) == 0 ? null : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))];

    private static int? Number(Random random) => random.Next(3) == 0 ? null : random.Next(-1, 2);

    private static Question? AQuestion(Random random) => random.Next(3) > 0 ? null : new Question(Text(random), null, Number(random));

    /// <summary>Another unmistakable form: lengths first.</summary>
    private static string Describe(object? value) => value switch
    {
        null => "n",
        string text => $"s{text.Length}{text}",
        int number => string.Create(CultureInfo.InvariantCulture, $"i{number};"),
        Question question => $"q{Describe(question.Text)}{Describe(question.Limit)}",
        IReadOnlyList<object?> list => string.Create(CultureInfo.InvariantCulture, $"l{list.Count}{string.Concat(list.Select(Describe))}"),
        _ => throw new ArgumentException(value.GetType().Name),
    };
}
