using System.Text.Json;
using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.UnitTests.Persistence;

public sealed class StoredJsonTests
{
    public static TheoryData<ExperimentParameters, string> All => new()
    {
        { new HeartRateParameters(5, 75), """{"type":"heart_rate","durationMinutes":5,"baselineBpm":75}""" },
        { new ReactionTimeParameters(10, StimulusType.Audio), """{"type":"reaction_time","trials":10,"stimulusType":"audio"}""" },
        { new MemoryParameters(10, MemoryTestType.Spatial), """{"type":"memory","itemsCount":10,"testType":"spatial"}""" },
        { new EegParameters(2, 256), """{"type":"eeg","durationMinutes":2,"samplingRate":256}""" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Parameters_ThereAndBack_AreEqual(ExperimentParameters parameters, string json)
    {
        JsonSerializer.Serialize(parameters, StoredJson.Options).Should().Be(json);
        JsonSerializer.Deserialize<ExperimentParameters>(json, StoredJson.Options).Should().Be(parameters);
    }

    [Fact]
    public void Parameters_WithTheTypeLast_AreRead() =>
        JsonSerializer.Deserialize<ExperimentParameters>("""{"samplingRate":128,"durationMinutes":1,"type":"eeg"}""", StoredJson.Options)
            .Should().Be(new EegParameters(1, 128));

    [Fact]
    public void Names_OfEveryType_AreSnakeCase()
    {
        SnakeCaseEnumConverter<ExperimentType>.Names.All.Should().Equal("heart_rate", "reaction_time", "memory", "eeg");
        var unknown = () => SnakeCaseEnumConverter<ExperimentType>.Names.FromText("telepathy");
        unknown.Should().Throw<InvalidOperationException>();
    }
}
