using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Abstractions.Experiments;

/// <summary>Tells the operator what a client is only told as a status. Thread-safe; never throws.</summary>
public interface IExperimentDiagnostics
{
    /// <summary>An experiment could not be measured and is stored as failed.</summary>
    void RunFailed(ExperimentType type, Exception exception);
}
