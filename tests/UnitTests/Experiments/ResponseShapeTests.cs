using System.Text.Json;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Experiments;

public sealed class ResponseShapeTests
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    [Theory]
    [InlineData(ExperimentType.HeartRate, "duration_minutes,baseline_bpm", "mean,std_dev,min,max")]
    [InlineData(ExperimentType.ReactionTime, "trials,stimulus_type", "mean,std_dev,min,max")]
    [InlineData(ExperimentType.Memory, "items_count,test_type", "mean,std_dev,min,max,accuracy,avg_response_time")]
    [InlineData(ExperimentType.Eeg, "duration_minutes,sampling_rate", "mean,std_dev,min,max,alpha_avg,beta_avg,theta_avg,delta_avg")]
    public void Details_WhenWritten_HasTheContractsNamesAndOnlyTheTypesOwn(ExperimentType type, string parameters, string metrics)
    {
        var json = JsonSerializer.SerializeToElement(Details(type), Snake);

        Names(json).Should().Equal("experiment", "results");
        Names(json.GetProperty("experiment")).Should().Equal("id", "user_id", "name", "experiment_type", "parameters", "status", "created_at", "updated_at");
        Names(json.GetProperty("results")).Should().Equal("id", "experiment_id", "data_points", "metrics", "analysis_summary", "created_at");
        Names(json.GetProperty("results").GetProperty("data_points")[0]).Should().Equal("timestamp", "value", "metadata");
        Names(json.GetProperty("experiment").GetProperty("parameters")).Should().BeEquivalentTo(parameters.Split(','));
        Names(json.GetProperty("results").GetProperty("metrics")).Should().Equal(metrics.Split(','));
        json.GetProperty("experiment").GetProperty("created_at").GetString().Should().Be("2026-03-01T12:00:00.123Z");
    }

    [Fact]
    public void Summary_WhenWritten_NamesTheSevenDaysAsTheContractDoes() =>
        Names(JsonSerializer.SerializeToElement(new RecentActivityResponse(1, 66.7), Snake)).Should().Equal("last_7_days", "completion_rate");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Details_WhenReadBack_AreEqual(bool snakeCase)
    {
        var options = snakeCase ? Snake : JsonSerializerOptions.Default;
        foreach (var type in Enum.GetValues<ExperimentType>())
        {
            var details = Details(type);
            JsonSerializer.Deserialize<ExperimentDetailsResponse>(JsonSerializer.Serialize(details, options), options)
                .Should().BeEquivalentTo(details, compare => compare.WithStrictOrdering());
        }

        var summary = new DashboardSummaryResponse(
            3, new Dictionary<string, int> { ["eeg"] = 3 }, new Dictionary<string, int>(), new RecentActivityResponse(2, 33.3), new Dictionary<string, MetricsResponse>(), Now);
        JsonSerializer.Deserialize<DashboardSummaryResponse>(JsonSerializer.Serialize(summary, options), options).Should().BeEquivalentTo(summary);
    }

    [Fact]
    public void Commands_WhenAnyIsLookedAt_SayWhatTheyInvalidateOrWhyNothing()
    {
        var commands = typeof(ICommand).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(ICommand))).ToList();

        commands.Should().HaveCountGreaterThan(9);
        commands.Should().OnlyContain(type =>
            type.IsAssignableTo(typeof(IInvalidatesCache)) != type.IsDefined(typeof(InvalidatesNothingAttribute), false));
    }

    private static ExperimentDetailsResponse Details(ExperimentType type)
    {
        var experiment = Experiment.Start(Guid.NewGuid(), Guid.NewGuid(), "naïve 😀", ExperimentParameterRules.Create(type, null).Parameters!, Now);
        return ExperimentDetailsResponse.From(experiment, ExperimentRunner.Run(experiment, Guid.NewGuid(), new SeededRandom(1), Now));
    }

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(property => property.Name);
}
