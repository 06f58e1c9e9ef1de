using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Experiments;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Infrastructure.Randomness;

/// <summary>Writes failed runs into the log.</summary>
internal sealed partial class ExperimentDiagnostics(ILogger<ExperimentDiagnostics> logger) : IExperimentDiagnostics
{
    public void RunFailed(ExperimentType type, Exception exception) => LogRunFailed(exception, type);

    [LoggerMessage(EventId = 7001, Level = LogLevel.Error, Message = "An experiment of type {Type} could not be measured and is stored as failed")]
    private partial void LogRunFailed(Exception exception, ExperimentType type);
}
