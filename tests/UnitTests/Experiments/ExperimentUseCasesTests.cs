using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;
using NSubstitute;

namespace NeuroLab.UnitTests.Experiments;

public sealed class ExperimentUseCasesTests
{
    private static readonly DateTime Created = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(Created.AddHours(1)));
    private readonly IExperimentRepository _repository = Substitute.For<IExperimentRepository>();
    private readonly IExperimentReader _reader = Substitute.For<IExperimentReader>();
    private readonly Experiment _experiment = Experiment.Start(Guid.NewGuid(), Guid.NewGuid(), "run", new MemoryParameters(5, MemoryTestType.Verbal), Created);

    public ExperimentUseCasesTests() => _repository.FindAsync(_experiment.UserId, _experiment.Id, Arg.Any<CancellationToken>()).Returns(_experiment);

    [Fact]
    public async Task Rename_WhenTheOwnerAsks_RenamesIt()
    {
        var answer = await new RenameExperimentHandler(_repository, _clock)
            .ExecuteAsync(new RenameExperiment(_experiment.UserId, _experiment.Id, " other "), default);

        (answer.Name, answer.UpdatedAt, answer.CreatedAt).Should().Be(("other", Created.AddHours(1), Created));
    }

    [Fact]
    public async Task RenameAndDelete_WhenItIsAnothers_AreNotFound()
    {
        var rename = () => new RenameExperimentHandler(_repository, _clock).ExecuteAsync(new RenameExperiment(Guid.NewGuid(), _experiment.Id, "x"), default);
        var delete = () => new DeleteExperimentHandler(_repository).ExecuteAsync(new DeleteExperiment(Guid.NewGuid(), _experiment.Id), default);

        await rename.Should().ThrowAsync<NotFoundException>();
        await delete.Should().ThrowAsync<NotFoundException>();
        _repository.DidNotReceiveWithAnyArgs().Remove(default!);
    }

    [Fact]
    public async Task Delete_WhenTheOwnerAsks_RemovesIt()
    {
        await new DeleteExperimentHandler(_repository).ExecuteAsync(new DeleteExperiment(_experiment.UserId, _experiment.Id), default);

        _repository.Received(1).Remove(_experiment);
    }

    [Fact]
    public void Invalidations_WhenAnyCommandChangesExperiments_AreTheOwnersDashboardsAndExperiments()
    {
        var user = Guid.NewGuid();
        IInvalidatesCache[] commands =
            [new CreateExperiment(user, "x", "eeg", null), new RenameExperiment(user, Guid.NewGuid(), "x"), new DeleteExperiment(user, Guid.NewGuid())];

        commands.Should().AllSatisfy(command => command.Invalidations.Should().Equal(
            new Invalidation(InvalidationTarget.Pattern, $"dashboard:{user}:*"),
            new Invalidation(InvalidationTarget.Pattern, $"experiments:{user}:*")));
    }

    [Fact]
    public async Task Get_WhenThere_AnswersWithItsResults()
    {
        var result = ExperimentRunner.Run(_experiment, Guid.NewGuid(), new SeededRandom(1), Created);
        _reader.FindAsync(_experiment.UserId, _experiment.Id, Arg.Any<CancellationToken>()).Returns(new ExperimentWithResult(_experiment, result));

        var loaded = await new GetExperimentHandler(_reader).LoadAsync(new GetExperiment(_experiment.UserId, _experiment.Id), default);

        loaded.IsPartial.Should().BeFalse();
        loaded.Value.Experiment.Parameters.Should().Be(new ParametersResponse { ItemsCount = 5, TestType = "verbal" });
        loaded.Value.Results!.DataPoints.Should().HaveCount(5);
        loaded.Value.Results.Metrics.Accuracy.Should().Be(result.Metrics.Accuracy);
    }

    [Fact]
    public async Task Get_WhenThereIsNone_IsNotFound()
    {
        var act = () => new GetExperimentHandler(_reader).LoadAsync(new GetExperiment(Guid.NewGuid(), _experiment.Id), default);

        await act.Should().ThrowAsync<NotFoundException>();
    }

    [Fact]
    public async Task List_WhenFiltered_PassesTheFilterOnAndCountsEveryPage()
    {
        _reader.ListAsync(_experiment.UserId, new ExperimentFilter(2, 4, ExperimentType.Memory, ExperimentStatus.Running), Arg.Any<CancellationToken>())
            .Returns(new ExperimentPage([_experiment], 17));

        var loaded = await new ListExperimentsHandler(_reader).LoadAsync(new ListExperiments(_experiment.UserId, 2, 4, "memory", "running"), default);

        (loaded.Value.Total, loaded.Value.Limit, loaded.Value.Offset).Should().Be((17, 2, 4));
        loaded.Value.Experiments.Should().ContainSingle().Which.Id.Should().Be(_experiment.Id);
    }

    [Fact]
    public async Task List_WhenNotFiltered_AsksForEveryTypeAndStatus()
    {
        _reader.ListAsync(_experiment.UserId, new ExperimentFilter(50, 0, null, null), Arg.Any<CancellationToken>()).Returns(new ExperimentPage([], 0));

        var loaded = await new ListExperimentsHandler(_reader).LoadAsync(new ListExperiments(_experiment.UserId, 50, 0, null, null), default);

        loaded.Value.Experiments.Should().BeEmpty();
    }

    [Theory]
    [InlineData(0, 0, null, null, "limit")]
    [InlineData(-1, 0, null, null, "limit")]
    [InlineData(101, 0, null, null, "limit")]
    [InlineData(1, -1, null, null, "offset")]
    [InlineData(1, 0, "unknown", null, "experiment_type")]
    [InlineData(1, 0, "", null, "experiment_type")]
    [InlineData(1, 0, null, "done", "status")]
    public void Validate_WhenAListsFieldIsWrong_NamesIt(int limit, int offset, string? type, string? status, string field) =>
        new ListExperimentsValidator().Errors(new ListExperiments(Guid.NewGuid(), limit, offset, type, status)).Keys.Should().Equal(field);

    [Theory]
    [InlineData(1, 0, null, null)]
    [InlineData(100, int.MaxValue, "eeg", "failed")]
    public void Validate_WhenAListsFieldsAreRight_Accepts(int limit, int offset, string? type, string? status) =>
        new ListExperimentsValidator().Errors(new ListExperiments(Guid.NewGuid(), limit, offset, type, status)).Should().BeEmpty();
}
