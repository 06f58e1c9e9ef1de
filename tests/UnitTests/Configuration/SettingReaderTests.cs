using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.UnitTests.Configuration;

public sealed class SettingReaderTests
{
    [Fact]
    public void Read_WhenSeveralAreWrong_SaysOfEachWhatIsAndWhatWouldBeRight() =>
        Failures<CacheOptions>(("Cache:Jitter", "2"), ("CACHE_DEFAULT_TTL", "soon"), ("Cache:MaxRecords", "1.5"), ("Cache:JournalPoll", "00:00:00"), ("Cache:Jiter", "0.1")).Should().BeEquivalentTo(
            "Cache__Jiter is not a setting; Cache__Jitter is.",
            "CACHE_DEFAULT_TTL is not a number of seconds; it must be a number of seconds above 0 and at most 2592000, such as 300.",
            "Cache__MaxRecords is not a whole number; it must be a whole number 100 or more, such as 100000.",
            "Cache__Jitter is 2; it must be a number 0 or more and below 1, such as 0.1.",
            "Cache__JournalPoll is 00:00:00; it must be a time (hh:mm:ss) above 00:00:00 and at most 30.00:00:00, such as 00:00:00.25.");

    /// <summary>The framework takes 2 for two days, 00:30 for half an hour, and 24:00:00 for 24 days.</summary>
    [Theory]
    [InlineData("2")]
    [InlineData("00:30")]
    [InlineData("24:00:00")]
    [InlineData("1:00:00:00")]
    public void Read_WhenATimeHasNotHoursMinutesAndSeconds_RefusesIt(string text) => Failures<CacheOptions>(("Cache:HardTimeout", text)).Should().Equal(
        "Cache__HardTimeout is not a time (hh:mm:ss); it must be a time (hh:mm:ss) above 00:00:00 and at most 30.00:00:00, such as 00:00:30.");

    [Theory]
    [InlineData("00:00:00.25", 0.25)]
    [InlineData("00:01:30", 90)]
    [InlineData("1:00:00", 3600)]
    [InlineData("1.00:00:00", 86400)]
    public void Read_WhenATimeHasHoursMinutesAndSeconds_TakesIt(string text, double seconds) =>
        SettingReader.Read<CacheOptions>(Configuration(("Cache:PromotionTtl", text))).PromotionTtl.Should().Be(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Read_WhenTrustIsLong_RefusesIt() => Failures<CacheOptions>(("Cache:VerificationWindow", "00:10:01")).Should().ContainSingle().Which.Should().Contain("at most 00:10:00");

    [Theory]
    [InlineData("CACHE_DEFAULT_TTL", "0", "CACHE_DEFAULT_TTL is 0; it must be a number of seconds above 0 and at most 2592000, such as 300.")]
    [InlineData("Cache:DefaultTtl", "00:00:00", "Cache__DefaultTtl is 00:00:00; it must be a time (hh:mm:ss) above 00:00:00 and at most 30.00:00:00, such as 00:05:00.")]
    [InlineData("CACHE_MEMORY_MAX_SIZE", "0", "CACHE_MEMORY_MAX_SIZE is 0; it must be a whole number 1 or more, such as 1000.")]
    public void Read_WhenASettingWithTwoNamesIsWrong_SpeaksOfTheOneThatWasUsed(string name, string value, string sentence) => Failures<CacheOptions>((name, value)).Should().Equal(sentence);

    [Fact]
    public void Read_WhenAValueIsEmpty_TakesTheDefault()
    {
        var options = SettingReader.Read<CacheOptions>(Configuration(("Cache:Jitter", ""), ("CACHE_DEFAULT_TTL", " "), ("Cache:MemoryMaxBytes", "5000000000")));

        options.Jitter.Should().Be(new CacheOptions().Jitter);
        options.DefaultTtl.Should().Be(new CacheOptions().DefaultTtl);
        options.MemoryMaxBytes.Should().Be(5_000_000_000);
    }

    [Fact]
    public void Read_WhenASettingIsNested_ReachesIt() =>
        SettingReader.Read<RedisOptions>(Configuration(("Cache:Redis:Breaker:MinimumThroughput", "9"), ("Cache:Redis:HardTimeout", "00:00:01"))).Should().BeEquivalentTo(
            new { HardTimeout = TimeSpan.FromSeconds(1), Breaker = new { MinimumThroughput = 9, FailureRatio = 0.5 } });

    [Theory]
    [InlineData("Cache:Redis:Braker:MaxBreak", "Cache__Redis__Braker is not a setting")]
    [InlineData("Cache:Redis:Breaker:MaxBrake", "Cache__Redis__Breaker__MaxBrake is not a setting; Cache__Redis__Breaker__MaxBreak is.")]
    [InlineData("Cache:Redis:SomethingElse", "Cache__Redis__SomethingElse is not a setting; take it away.")]
    public void Read_WhenANameDoesNotExist_SaysWhichIsMeant(string key, string sentence) =>
        Failures<RedisOptions>((key, "00:00:01")).Should().ContainSingle().Which.Should().StartWith(sentence);

    [Fact]
    public void Read_WhenASectionBelowHasAClassOfItsOwn_LeavesItToThat()
    {
        (string, string)[] settings = [("Cache:Database:Retrys", "1"), ("Cache:KeyPrefix", "a:")];

        Failures<CacheOptions>(settings).Should().BeEmpty();
        Failures<DatabaseOptions>(settings).Should().ContainSingle().Which.Should().Be("Cache__Database__Retrys is not a setting; Cache__Database__Retries is.");
    }

    [Fact]
    public void Read_WhenValuesContradictEachOther_NamesBoth() =>
        Failures<DatabaseOptions>(("Cache:Database:TotalTimeout", "00:00:01")).Should().Equal(
            "Cache__Database__TotalTimeout is 00:00:01; it must be at least Cache__Database__AttemptTimeout, which is 00:00:05.");

    [Fact]
    public void Read_WhenAValueCannotBeRead_ComparesItWithNoOther() =>
        Failures<DatabaseOptions>(("Cache:Database:AttemptTimeout", "abc"), ("Cache:Database:TotalTimeout", "00:00:03")).Should().ContainSingle()
            .Which.Should().StartWith("Cache__Database__AttemptTimeout is not a time");

    [Theory]
    [InlineData("-00:00:00.25")]
    [InlineData("1.00:00:00.5")]
    [InlineData("10.00:00:00")]
    [InlineData("00:10:00")]
    public void Of_WhenGivenATime_IsTheTextItIsReadFrom(string text) => SettingText.Of(TimeSpan.Parse(text, CultureInfo.InvariantCulture)).Should().Be(text);

    [Fact]
    public void List_WhenWrittenLikeASingleValue_SaysHowItIsWritten()
    {
        var failures = new List<string>();

        SettingList.Read(Configuration(("Cors:Origins", "https://a.example")), "Cors:Origins", failures).Should().BeEmpty();
        SettingList.Read(Configuration(("Cors:Origins:0", " "), ("Cors:Origins:1", "b")), "Cors:Origins", failures).Should().Equal(("Cors:Origins:1", "b"));

        failures.Should().Equal("Cors__Origins is a list: write Cors__Origins__0 for its first element, Cors__Origins__1 for the next.");
    }

    [Fact]
    public void Bounds_Always_AreWords()
    {
        SettingText.Bounds(null).Should().BeEmpty();
        SettingText.Bounds(new RangeAttribute(1, 9)).Should().Be("from 1 to 9");
        SettingText.Bounds(new RangeAttribute(1, 9) { MinimumIsExclusive = true, MaximumIsExclusive = true }).Should().Be("above 1 and below 9");
        SettingText.Bounds(new RangeAttribute(1, int.MaxValue)).Should().Be("1 or more");
        SettingText.Bounds(new TimeRangeAttribute("00:00:00.05", "01:00:00")).Should().Be("from 00:00:00.05 to 01:00:00");
    }

    private static IEnumerable<string> Failures<T>(params (string Key, string Value)[] settings)
        where T : class, new()
    {
        try
        {
            SettingReader.Read<T>(Configuration(settings));
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => (string?)one.Value)).Build();
}
