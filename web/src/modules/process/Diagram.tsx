/** The diagram of a case, as bpmn.io draws it: what is done, by which way, and where the token stands. Their mark stays in sight. */
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import Viewer from 'bpmn-js/lib/NavigatedViewer';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { drawnInWords } from '../../api/words';
import { Problem } from '../../ui/notes';

interface Props {
  xml: string;
  tokens: string[];
  done: string[];
  /** Flows that the token took. */
  walked: string[];
  stopped: boolean;
  title: string;
}

interface Canvas {
  zoom: (to: string | number, centre?: string) => number;
  addMarker: (element: string, marker: string) => void;
}

export default function Diagram({ xml, tokens, done, walked, stopped, title }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState('');
  const marks = JSON.stringify([tokens, done, walked, stopped]);
  useEffect(() => {
    if (!box.current || !xml) return;
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue('--ink').trim();
    const surface = style.getPropertyValue('--surface').trim();
    const viewer = new Viewer({
      container: box.current,
      bpmnRenderer: { defaultFillColor: surface, defaultStrokeColor: ink, defaultLabelColor: ink },
    });
    let gone = false;
    viewer
      .importXML(drawnInWords(xml))
      .then(() => {
        if (gone) return;
        const canvas = viewer.get<Canvas>('canvas');
        canvas.zoom('fit-viewport', 'auto');
        const mark = (element: string, look: string) => {
          try {
            canvas.addMarker(element, look);
          } catch {
            // An element of an earlier edition is not drawn in this one.
          }
        };
        const [now, before, ways, stop] = JSON.parse(marks) as [string[], string[], string[], boolean];
        for (const flow of ways) mark(flow, 'walked');
        for (const element of before) mark(element, 'was');
        for (const element of now) mark(element, stop ? 'stopped-here' : 'now-here');
      })
      .catch((error: Error) => !gone && setFault(error.message));
    return () => {
      gone = true;
      viewer.destroy();
    };
  }, [xml, marks]);
  if (fault) return <Problem message={t('case.no_picture')} advice={fault} />;
  return <div ref={box} className="diagram" role="group" aria-label={t('case.picture', { name: title })} />;
}
