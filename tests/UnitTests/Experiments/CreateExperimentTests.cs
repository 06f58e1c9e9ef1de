using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Experiments;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Abstractions.Randomness;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace NeuroLab.UnitTests.Experiments;

public sealed class CreateExperimentTests
{
    private static readonly Guid Owner = Guid.NewGuid();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly IExperimentRepository _experiments = Substitute.For<IExperimentRepository>();
    private readonly IRandomSourceFactory _random = Substitute.For<IRandomSourceFactory>();
    private readonly IExperimentDiagnostics _diagnostics = Substitute.For<IExperimentDiagnostics>();

    public CreateExperimentTests() => _random.Create().Returns(_ => new SeededRandom(1));

    [Theory]
    [InlineData("heart_rate", 300)]
    [InlineData("reaction_time", 10)]
    [InlineData("memory", 10)]
    [InlineData("eeg", 120)]
    public async Task Execute_WhenNoParametersAreGiven_RunsWithTheDefaults(string type, int points)
    {
        var answer = await Execute(new CreateExperiment(Owner, "  run  ", type, null));

        answer.Experiment.Should().Match<ExperimentResponse>(experiment => experiment.Name == "run" && experiment.UserId == Owner
            && experiment.ExperimentType == type && experiment.Status == "completed" && experiment.CreatedAt.Kind == DateTimeKind.Utc);
        answer.Results!.DataPoints.Should().HaveCount(points);
        answer.Results.ExperimentId.Should().Be(answer.Experiment.Id);
        _experiments.Received(1).Add(
            Arg.Is<Experiment>(experiment => experiment.Id == answer.Experiment.Id && experiment.Status == ExperimentStatus.Completed),
            Arg.Is<ExperimentResult>(result => result.Id == answer.Results.Id));
    }

    [Fact]
    public async Task Execute_WhenParametersAreGiven_UsesThem()
    {
        var answer = await Execute(Command("reaction_time", """{"trials":50,"stimulus_type":"audio"}"""));

        answer.Results!.DataPoints.Should().HaveCount(50);
        answer.Experiment.Parameters.Should().Be(new ParametersResponse { Trials = 50, StimulusType = "audio" });
    }

    [Fact]
    public async Task Execute_WhenTheGeneratorFails_StoresItAsFailedWithoutResults()
    {
        var failure = new InvalidOperationException("no entropy");
        _random.Create().Throws(failure);

        var answer = await Execute(new CreateExperiment(Owner, "run", "memory", null));

        answer.Experiment.Status.Should().Be("failed");
        answer.Results.Should().BeNull();
        _experiments.Received(1).Add(Arg.Is<Experiment>(experiment => experiment.Status == ExperimentStatus.Failed), null);
        _diagnostics.Received(1).RunFailed(ExperimentType.Memory, failure);
    }

    [Fact]
    public async Task Execute_WhenTheSeedIsEqual_MeasuresTheSame()
    {
        var first = await Execute(new CreateExperiment(Owner, "run", "eeg", null));
        var second = await Execute(new CreateExperiment(Owner, "run", "eeg", null));

        second.Results!.Metrics.Should().Be(first.Results!.Metrics);
        second.Experiment.Id.Should().NotBe(first.Experiment.Id);
    }

    [Theory]
    [InlineData("""{"trials":"x"}""", "trials")]
    [InlineData("""{"trials":"10"}""", "trials")]
    [InlineData("""{"trials":null}""", "trials")]
    [InlineData("""{"trials":true}""", "trials")]
    [InlineData("""{"trials":10.5}""", "trials")]
    [InlineData("""{"trials":1e1}""", "trials")]
    [InlineData("""{"trials":1e9}""", "trials")]
    [InlineData("""{"trials":99999999999999999999}""", "trials")]
    [InlineData("""{"trials":0}""", "trials")]
    [InlineData("""{"trials":-5}""", "trials")]
    [InlineData("""{"trials":4}""", "trials")]
    [InlineData("""{"trials":51}""", "trials")]
    [InlineData("""{"trials":[10]}""", "trials")]
    [InlineData("""{"trials":{"value":10}}""", "trials")]
    [InlineData("""{"stimulus_type":"smell"}""", "stimulus_type")]
    [InlineData("""{"stimulus_type":"\ud83d"}""", "stimulus_type")]
    [InlineData("""{"Trials":10}""", "Trials")]
    [InlineData("""{"items_count":10}""", "items_count")]
    public void Validate_WhenAParameterIsWrong_NamesIt(string json, string name)
    {
        var errors = new CreateExperimentValidator().Errors(Command("reaction_time", json));

        errors.Should().ContainSingle().Which.Key.Should().Be("parameters." + name);
        errors.Values.Single().Should().ContainSingle();
    }

    [Fact]
    public void Validate_WhenEverythingIsWrong_NamesEveryField()
    {
        var errors = new CreateExperimentValidator().Errors(Command("heart_rate", """{"duration_minutes":0,"baseline_bpm":39,"x":1}""") with { Name = new string('n', 201) });

        errors.Keys.Should().BeEquivalentTo("name", "parameters.duration_minutes", "parameters.baseline_bpm", "parameters.x");
        errors["parameters.duration_minutes"].Should().Equal("Must be a whole number from 1 to 60.");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("HeartRate")]
    [InlineData("0")]
    [InlineData("heart_rate ")]
    public void Validate_WhenTheTypeIsUnknown_NamesTheField(string? type)
    {
        var errors = new CreateExperimentValidator().Errors(new CreateExperiment(Owner, "run", type!, null));

        errors.Should().ContainSingle().Which.Key.Should().Be("experiment_type");
        errors["experiment_type"].Should().Equal("Must be one of: heart_rate, reaction_time, memory, eeg.");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("a\0")]
    public void Validate_WhenTheNameIsWrong_NamesTheField(string? name)
    {
        new CreateExperimentValidator().Errors(new CreateExperiment(Owner, name!, "eeg", null)).Keys.Should().Equal("name");
        new RenameExperimentValidator().Errors(new RenameExperiment(Owner, Guid.NewGuid(), name!)).Keys.Should().Equal("name");
    }

    [Fact]
    public void Validate_WhenRight_Accepts()
    {
        new CreateExperimentValidator().Errors(Command("eeg", """{"sampling_rate":1024,"duration_minutes":30}""")).Should().BeEmpty();
        new CreateExperimentValidator().Errors(Command("eeg", "{}") with { Name = "*?[:\\ '; drop -- 😀" }).Should().BeEmpty();
    }

    private Task<ExperimentDetailsResponse> Execute(CreateExperiment command) =>
        new CreateExperimentHandler(_experiments, _random, _diagnostics, _clock).ExecuteAsync(command, default);

    private static CreateExperiment Command(string type, string json) =>
        new(Owner, "run", type, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json));
}
