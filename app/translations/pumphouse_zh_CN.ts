<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Alarms</name>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>{standing} standing, {unseen} not acknowledged</source>
        <translation>未恢复 {standing} 条，未确认 {unseen} 条</translation>
    </message>
    <message>
        <source>{hidden} hidden by the filter</source>
        <translation>筛选隐藏 {hidden} 条</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Acknowledge all</source>
        <translation>全部确认</translation>
    </message>
    <message>
        <source>Actions are locked outside live running</source>
        <translation>非实时状态下操作已锁定</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>导出为 CSV…</translation>
    </message>
    <message>
        <source>Nothing stands.
Alarms and anomalies appear here when a limit is broken or the model disagrees.</source>
        <translation>当前没有报警或异常。
测点越限或与模型不符时，会显示在这里。</translation>
    </message>
    <message>
        <source>Nothing matches the filter.</source>
        <translation>没有符合筛选条件的条目。</translation>
    </message>
    <message>
        <source>{count} silenced</source>
        <translation>已静默 {count} 条</translation>
    </message>
    <message>
        <source>{count} suppressed by design</source>
        <translation>设计抑制 {count} 条</translation>
    </message>
    <message>
        <source>{count} in 10 min</source>
        <translation>10 分钟内 {count} 条</translation>
    </message>
    <message>
        <source>alarm flood</source>
        <translation>报警泛滥</translation>
    </message>
    <message>
        <source>{count} for over a day</source>
        <translation>超过一天 {count} 条</translation>
    </message>
    <message>
        <source>chattering: {tags}</source>
        <translation>频繁报警：{tags}</translation>
    </message>
    <message>
        <source>Export the list</source>
        <translation>导出列表</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>静默</translation>
    </message>
    <message>
        <source>Shelve for {minutes} min</source>
        <translation>搁置 {minutes} 分钟</translation>
    </message>
    <message>
        <source>Shelve for {hours} h</source>
        <translation>搁置 {hours} 小时</translation>
    </message>
    <message>
        <source>Take out of service</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Let it be heard again</source>
        <translation>恢复报警</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>No thermal picture up to this time.
Robots and fixed cameras take them; a FLIR image comes in with
pumphouse import IMAGE.jpg --out REC.h5</source>
        <translation>此刻之前没有热像。
机器人和固定热像仪会拍摄；FLIR 图像可用以下命令导入：
pumphouse import IMAGE.jpg --out REC.h5</translation>
    </message>
    <message>
        <source>Hottest</source>
        <translation>最高温</translation>
    </message>
    <message>
        <source>Hottest of the area</source>
        <translation>区域最高温</translation>
    </message>
    <message>
        <source>Under the pointer</source>
        <translation>指针处</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>温差</translation>
    </message>
    <message>
        <source>nothing is built like it</source>
        <translation>没有同型设备</translation>
    </message>
    <message>
        <source>no sister seen from this side</source>
        <translation>同型设备无同视角热像</translation>
    </message>
    <message>
        <source>not known what it is of</source>
        <translation>拍摄对象未知</translation>
    </message>
    <message>
        <source>{moment}, {age} ago · picture {number} of {count}</source>
        <translation>{moment}，{age}前 · 第 {number} 张，共 {count} 张</translation>
    </message>
    <message>
        <source>no picture yet at this time, {count} later</source>
        <translation>此时尚无图片，之后有 {count} 张</translation>
    </message>
    <message>
        <source>no picture of this camera has been recorded</source>
        <translation>没有录到此摄像机的图片</translation>
    </message>
    <message>
        <source>RENDERED FROM THE 3D MODEL – NOT A PICTURE OF THE CAMERA</source>
        <translation>由三维模型渲染，并非摄像机拍摄</translation>
    </message>
</context>
<context>
    <name>Counter</name>
    <message>
        <source>{priority}: {standing} standing, {unseen} not acknowledged</source>
        <translation>{priority}：未恢复 {standing} 条，未确认 {unseen} 条</translation>
    </message>
</context>
<context>
    <name>CrashPage</name>
    <message>
        <source>Pumphouse has made a mistake and stopped watching</source>
        <translation>Pumphouse 程序出错，已停止监视</translation>
    </message>
    <message>
        <source>This is a fault of the program ({kind}), not of the station. What was recorded is safe.
The report lies at {path}
Please send it to whoever looks after Pumphouse, then start it again.</source>
        <translation>这是程序的故障（{kind}），不是泵站的故障。已记录的数据是安全的。
报告位于 {path}
请把它发给 Pumphouse 的维护人员，然后重新启动程序。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Δ {difference}  mean {mean}  {low} … {high}</source>
        <translation>Δ {difference}  均值 {mean}  {low} … {high}</translation>
    </message>
</context>
<context>
    <name>Machines</name>
    <message>
        <source>No machines.
A station file with pumps (--station FILE) shows them here.</source>
        <translation>没有机组。
用 --station 指定含有水泵的站文件后，机组显示在这里。</translation>
    </message>
    <message>
        <source>standby</source>
        <translation>备用</translation>
    </message>
</context>
<context>
    <name>Model</name>
    <message>
        <source>Since</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Equipment</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>shelved until {time}</source>
        <translation>搁置至 {time}</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>测点</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>时效</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限值</translation>
    </message>
</context>
<context>
    <name>NoteLine</name>
    <message>
        <source>Note at {time} on {subject}</source>
        <translation>批注 {time} {subject}</translation>
    </message>
    <message>
        <source>Note at {time}</source>
        <translation>批注 {time}</translation>
    </message>
    <message>
        <source>Enter keeps it in the recording, Esc does not</source>
        <translation>回车写入录制文件，Esc 放弃</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Nothing to report</source>
        <translation>无消息</translation>
    </message>
    <message>
        <source>Click for all messages</source>
        <translation>点击查看全部消息</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>window {ms} ms</source>
        <translation>界面 {ms} ms</translation>
    </message>
    <message>
        <source>{rate} frames/s · step {ms} ms · {dropped} dropped</source>
        <translation>{rate} 帧/秒 · 计算 {ms} ms · 丢失 {dropped}</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Actions, tags, equipment, alarms, times (14:03, +90)</source>
        <translation>操作、测点、设备、报警、时间（14:03，+90）</translation>
    </message>
    <message>
        <source>Nothing fits.</source>
        <translation>没有匹配项。</translation>
    </message>
    <message>
        <source>action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>anomaly</source>
        <translation>异常</translation>
    </message>
    <message>
        <source>alarm</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>equipment</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>测点</translation>
    </message>
    <message>
        <source>Go to {time}</source>
        <translation>转到 {time}</translation>
    </message>
</context>
<context>
    <name>Panorama</name>
    <message>
        <source>This picture cannot be read: it is damaged.</source>
        <translation>此图片已损坏，无法读取。</translation>
    </message>
    <message>
        <source>Being rendered from the 3D model…</source>
        <translation>正在由三维模型渲染…</translation>
    </message>
    <message>
        <source>There is no picture at this time, and no 3D model to render one from.</source>
        <translation>此时没有图片，也没有可供渲染的三维模型。</translation>
    </message>
    <message>
        <source>No panoramic camera.
A station file names them (kind = &quot;panoramic&quot;); their pictures come in with
pumphouse import PICTURES… --map MAP.toml --out REC.h5</source>
        <translation>没有全景摄像机。
在泵站文件中列出（kind = &quot;panoramic&quot;），其图片可这样导入：
pumphouse import PICTURES… --map MAP.toml --out REC.h5</translation>
    </message>
    <message>
        <source>The picture before</source>
        <translation>上一张</translation>
    </message>
    <message>
        <source>The next picture</source>
        <translation>下一张</translation>
    </message>
    <message>
        <source>Best for {machine}</source>
        <translation>最佳视角：{machine}</translation>
    </message>
    <message>
        <source>Any camera</source>
        <translation>任一摄像机</translation>
    </message>
    <message>
        <source>Drag to turn, wheel to zoom, double-click to look back</source>
        <translation>拖动转向，滚轮缩放，双击恢复</translation>
    </message>
</context>
<context>
    <name>PumpChart</name>
    <message>
        <source>speed {speed}</source>
        <translation>转速 {speed}</translation>
    </message>
    <message>
        <source>NPSH m: line required, point available</source>
        <translation>汽蚀余量 m：线为必需，点为可用</translation>
    </message>
    <message>
        <source>η %: expected</source>
        <translation>效率 %：期望</translation>
    </message>
    <message>
        <source>There is no pump to draw.
A station file with pump curves brings one, or a recording whose tags tell flow and both pressures.</source>
        <translation>没有可显示的水泵。
含有泵特性曲线的站文件，或带有流量和进出口压力测点的记录，可显示水泵。</translation>
    </message>
    <message>
        <source>curve fitted to this recording · {error} off on average</source>
        <translation>由本记录拟合的曲线 · 平均偏差 {error}</translation>
    </message>
    <message>
        <source>these points tell no curve</source>
        <translation>这些点不足以确定曲线</translation>
    </message>
    <message>
        <source>measured {measured} · expected {expected}</source>
        <translation>实测 {measured} · 期望 {expected}</translation>
    </message>
</context>
<context>
    <name>Scene</name>
    <message>
        <source>The 3D model is being loaded…</source>
        <translation>正在加载三维模型…</translation>
    </message>
</context>
<context>
    <name>SceneCoverage</name>
    <message>
        <source>Finding out what cameras see… {percent} %</source>
        <translation>正在计算摄像机的可见范围… {percent} %</translation>
    </message>
    <message>
        <source>Seen by no camera and by no robot on its way</source>
        <translation>摄像机与巡检机器人均看不到</translation>
    </message>
    <message>
        <source>Seen by no fixed camera</source>
        <translation>固定摄像机看不到</translation>
    </message>
    <message>
        <source>{percent} % of floors and yards</source>
        <translation>占地面与场地的 {percent} %</translation>
    </message>
    <message>
        <source>{percent} % of machines and pipes, backs and undersides counted</source>
        <translation>占设备与管道表面的 {percent} %（含背面与底面）</translation>
    </message>
</context>
<context>
    <name>SceneLegend</name>
    <message>
        <source>Residual, measured less expected [σ]</source>
        <translation>残差：实测减期望 [σ]</translation>
    </message>
</context>
<context>
    <name>SceneProbe</name>
    <message>
        <source>No thermal picture shows this point</source>
        <translation>没有热像拍到此点</translation>
    </message>
    <message>
        <source>{age} ago</source>
        <translation>{age} 前</translation>
    </message>
</context>
<context>
    <name>SceneRobots</name>
    <message>
        <source>Battery {share}</source>
        <translation>电量 {share}</translation>
    </message>
</context>
<context>
    <name>SceneTools</name>
    <message>
        <source>Roof</source>
        <translation>屋顶</translation>
    </message>
    <message>
        <source>Walls</source>
        <translation>墙体</translation>
    </message>
    <message>
        <source>Building</source>
        <translation>建筑</translation>
    </message>
    <message>
        <source>Piping</source>
        <translation>管道</translation>
    </message>
    <message>
        <source>Pumps</source>
        <translation>水泵</translation>
    </message>
    <message>
        <source>Electrical</source>
        <translation>电气</translation>
    </message>
    <message>
        <source>Instruments</source>
        <translation>仪表</translation>
    </message>
    <message>
        <source>Robots</source>
        <translation>机器人</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>The rest as a ghost</source>
        <translation>其余半透明</translation>
    </message>
    <message>
        <source>Only what is selected</source>
        <translation>仅显示所选</translation>
    </message>
    <message>
        <source>Residuals</source>
        <translation>残差</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Vibration</source>
        <translation>振动</translation>
    </message>
    <message>
        <source>Pressure</source>
        <translation>压力</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最近观测</translation>
    </message>
    <message>
        <source>Thermal pictures</source>
        <translation>热像</translation>
    </message>
    <message>
        <source>Flow and rotors (shafts 20 times slower)</source>
        <translation>水流与转子（转速放慢 20 倍）</translation>
    </message>
    <message>
        <source>Valve positions</source>
        <translation>阀门开度</translation>
    </message>
    <message>
        <source>What no fixed camera sees</source>
        <translation>固定摄像机的盲区</translation>
    </message>
    <message>
        <source>What neither cameras nor robots see</source>
        <translation>摄像机与机器人的盲区</translation>
    </message>
    <message>
        <source>No section</source>
        <translation>无剖切</translation>
    </message>
    <message>
        <source>Level section</source>
        <translation>水平剖切</translation>
    </message>
    <message>
        <source>Cross section</source>
        <translation>横向剖切</translation>
    </message>
    <message>
        <source>Lengthwise section</source>
        <translation>纵向剖切</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Overlays</source>
        <translation>叠加</translation>
    </message>
    <message>
        <source>Show the other side of the section</source>
        <translation>显示剖面另一侧</translation>
    </message>
</context>
<context>
    <name>SceneTree</name>
    <message>
        <source>Robots, cameras and other equipment</source>
        <translation>机器人、摄像机及其他设备</translation>
    </message>
    <message>
        <source>Equipment</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Search equipment</source>
        <translation>搜索设备</translation>
    </message>
    <message>
        <source>{count} hidden: show</source>
        <translation>已隐藏 {count} 项：恢复</translation>
    </message>
</context>
<context>
    <name>SelectionPanel</name>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Actions are locked outside live running</source>
        <translation>非实时状态下操作已锁定</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>Nothing is selected.
Pick a machine, a line of the alarm list, a mark on the timeline, a tag or anything in the scene: its value, what was expected of it and what to do next stand here.</source>
        <translation>未选择对象。
点选机组、报警列表中的一行、时间轴上的标记、测点或场景中的设备，这里显示它的数值、模型期望值以及下一步处置。</translation>
    </message>
    <message>
        <source>began about</source>
        <translation>约始于</translation>
    </message>
    <message>
        <source>found</source>
        <translation>发现于</translation>
    </message>
    <message>
        <source>since</source>
        <translation>始于</translation>
    </message>
    <message>
        <source>until</source>
        <translation>止于</translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation>下一步处置</translation>
    </message>
    <message>
        <source>Why it was flagged</source>
        <translation>判定依据</translation>
    </message>
    <message>
        <source>Against the model</source>
        <translation>与模型对比</translation>
    </message>
    <message>
        <source>Off now</source>
        <translation>当前偏离</translation>
    </message>
    <message>
        <source>not judged now</source>
        <translation>当前不判断</translation>
    </message>
    <message>
        <source>What would explain it</source>
        <translation>可能原因</translation>
    </message>
    <message>
        <source>Values at the cursor</source>
        <translation>光标时刻数值</translation>
    </message>
    <message>
        <source>expected {value}</source>
        <translation>期望 {value}</translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>Machines</source>
        <translation>机组</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>泵站</translation>
    </message>
    <message>
        <source>Alarms and anomalies</source>
        <translation>报警与异常</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>测点</translation>
    </message>
    <message>
        <source>Pump chart</source>
        <translation>泵特性</translation>
    </message>
    <message>
        <source>Thermal pictures</source>
        <translation>热像</translation>
    </message>
    <message>
        <source>Panoramas</source>
        <translation>全景图片</translation>
    </message>
    <message>
        <source>Trends</source>
        <translation>趋势</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>所选对象</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>REPLAY</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>Open a recording</source>
        <translation>打开记录</translation>
    </message>
    <message>
        <source>Recordings (*.h5)</source>
        <translation>记录 (*.h5)</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>数据源</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Back to live</source>
        <translation>回到实时</translation>
    </message>
    <message>
        <source>Find actions, tags, equipment, alarms and times</source>
        <translation>查找操作、测点、设备、报警和时间</translation>
    </message>
    <message>
        <source>the source has ended</source>
        <translation>数据源已结束</translation>
    </message>
    <message>
        <source>{seconds} s old</source>
        <translation>{seconds} 秒前</translation>
    </message>
    <message>
        <source>waiting for an answer {time}</source>
        <translation>等待响应 {time}</translation>
    </message>
    <message>
        <source>answered in {time}</source>
        <translation>响应用时 {time}</translation>
    </message>
</context>
<context>
    <name>Tags</name>
    <message>
        <source>Search name, description, equipment</source>
        <translation>搜索名称、描述、设备</translation>
    </message>
    <message>
        <source>Add to the trends</source>
        <translation>加入趋势</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>导出为 CSV…</translation>
    </message>
    <message>
        <source>{shown} of {total} tags</source>
        <translation>{total} 个测点中的 {shown} 个</translation>
    </message>
    <message>
        <source>{total} tags</source>
        <translation>{total} 个测点</translation>
    </message>
    <message>
        <source>No tag holds these words.</source>
        <translation>没有包含这些词的测点。</translation>
    </message>
    <message>
        <source>This source has no tags.</source>
        <translation>此数据源没有测点。</translation>
    </message>
    <message>
        <source>Export the tags</source>
        <translation>导出测点</translation>
    </message>
</context>
<context>
    <name>Thermal</name>
    <message>
        <source>Grey</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Shades of grey instead of colours</source>
        <translation>用灰度代替彩色</translation>
    </message>
    <message>
        <source>Newest</source>
        <translation>最新</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Previous event</source>
        <translation>上一事件</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>下一事件</translation>
    </message>
    <message>
        <source>Replay speed</source>
        <translation>回放速度</translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation>回到实时</translation>
    </message>
</context>
<context>
    <name>Tracks</name>
    <message>
        <source>Waiting for the first frame</source>
        <translation>等待第一帧数据</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全程</translation>
    </message>
    <message>
        <source>Change this note…</source>
        <translation>修改此批注…</translation>
    </message>
    <message>
        <source>Bring this note back</source>
        <translation>恢复此批注</translation>
    </message>
    <message>
        <source>Take this note back</source>
        <translation>撤回此批注</translation>
    </message>
    <message>
        <source>and {more} more</source>
        <translation>另有 {more} 条</translation>
    </message>
    <message>
        <source>taken back: {note}</source>
        <translation>已撤回：{note}</translation>
    </message>
</context>
<context>
    <name>Trends</name>
    <message>
        <source>1 min</source>
        <translation>1 分</translation>
    </message>
    <message>
        <source>10 min</source>
        <translation>10 分</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 时</translation>
    </message>
    <message>
        <source>8 h</source>
        <translation>8 时</translation>
    </message>
    <message>
        <source>24 h</source>
        <translation>24 时</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全程</translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation>回到实时</translation>
    </message>
    <message>
        <source>Back to the cursor</source>
        <translation>回到光标</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Draw no tags, and follow the selection again</source>
        <translation>清空曲线，重新跟随所选对象</translation>
    </message>
    <message>
        <source>No tags are drawn.
Drag tags here from the list, or select a machine to see what matters of it.</source>
        <translation>没有曲线。
从测点列表拖入测点，或选择机组以显示其主要测点。</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Open a recording…</source>
        <translation>打开记录…</translation>
    </message>
    <message>
        <source>Save a picture of the window</source>
        <translation>保存窗口图片</translation>
    </message>
    <message>
        <source>Save a picture of the scene without marks</source>
        <translation>保存不带标注的场景图片</translation>
    </message>
    <message>
        <source>Acknowledge what is selected</source>
        <translation>确认所选</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation>回到实时</translation>
    </message>
    <message>
        <source>Back 1 s</source>
        <translation>后退 1 秒</translation>
    </message>
    <message>
        <source>Forward 1 s</source>
        <translation>前进 1 秒</translation>
    </message>
    <message>
        <source>Back 10 s</source>
        <translation>后退 10 秒</translation>
    </message>
    <message>
        <source>Forward 10 s</source>
        <translation>前进 10 秒</translation>
    </message>
    <message>
        <source>Previous sample</source>
        <translation>上一采样</translation>
    </message>
    <message>
        <source>Next sample</source>
        <translation>下一采样</translation>
    </message>
    <message>
        <source>Previous event</source>
        <translation>上一事件</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>下一事件</translation>
    </message>
    <message>
        <source>To the beginning</source>
        <translation>到开头</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>到末尾</translation>
    </message>
    <message>
        <source>Slower</source>
        <translation>减速</translation>
    </message>
    <message>
        <source>Faster</source>
        <translation>加速</translation>
    </message>
    <message>
        <source>Set mark A</source>
        <translation>设置标记 A</translation>
    </message>
    <message>
        <source>Set mark B</source>
        <translation>设置标记 B</translation>
    </message>
    <message>
        <source>Write a note at this time</source>
        <translation>在此时刻写批注</translation>
    </message>
    <message>
        <source>Show notes that were taken back, or no longer</source>
        <translation>显示或隐藏已撤回的批注</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>正视</translation>
    </message>
    <message>
        <source>From the right</source>
        <translation>右视</translation>
    </message>
    <message>
        <source>From above</source>
        <translation>俯视</translation>
    </message>
    <message>
        <source>From a corner</source>
        <translation>轴测</translation>
    </message>
    <message>
        <source>Fly to what is selected</source>
        <translation>飞到所选对象</translation>
    </message>
    <message>
        <source>Fly to the whole station</source>
        <translation>查看全站</translation>
    </message>
    <message>
        <source>Ghost the rest</source>
        <translation>其余半透明</translation>
    </message>
    <message>
        <source>Isolate what is selected</source>
        <translation>仅显示所选</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>中文 / English</source>
        <translation>中文 / English</translation>
    </message>
    <message>
        <source>Dark or light theme</source>
        <translation>深色 / 浅色主题</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Layout for operating</source>
        <translation>运行布局</translation>
    </message>
    <message>
        <source>Layout for engineering</source>
        <translation>工程布局</translation>
    </message>
    <message>
        <source>Layout for training</source>
        <translation>培训布局</translation>
    </message>
    <message>
        <source>Layout for review</source>
        <translation>复盘布局</translation>
    </message>
    <message>
        <source>Undo the last note or change of layout</source>
        <translation>撤消上一条批注或布局更改</translation>
    </message>
    <message>
        <source>Make again what was undone</source>
        <translation>重做已撤消的操作</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>About Pumphouse</source>
        <translation>关于 Pumphouse</translation>
    </message>
</context>
<context>
    <name>panels</name>
    <message>
        <source>There is no 3D model.
A station file names one (model = &quot;station.glb&quot;); --station FILE brings it.</source>
        <translation>没有三维模型。
站文件中以 model = &quot;station.glb&quot; 指定模型；用 --station 指定站文件。</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>urgent</source>
        <translation>紧急</translation>
    </message>
    <message>
        <source>high</source>
        <translation>高</translation>
    </message>
    <message>
        <source>medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>low</source>
        <translation>低</translation>
    </message>
    <message>
        <source>good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation>可疑</translation>
    </message>
    <message>
        <source>stale</source>
        <translation>陈旧</translation>
    </message>
    <message>
        <source>bad</source>
        <translation>坏值</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>on</source>
        <translation>有</translation>
    </message>
    <message>
        <source>off</source>
        <translation>无</translation>
    </message>
    <message>
        <source>not acknowledged</source>
        <translation>未确认</translation>
    </message>
    <message>
        <source>acknowledged</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>returned, not acknowledged</source>
        <translation>已恢复，未确认</translation>
    </message>
    <message>
        <source>shelved</source>
        <translation>已搁置</translation>
    </message>
    <message>
        <source>suppressed by design</source>
        <translation>设计抑制</translation>
    </message>
    <message>
        <source>out of service</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>normal</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>standing</source>
        <translation>未恢复</translation>
    </message>
    <message>
        <source>over</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>not found yet at this time</source>
        <translation>此时尚未发现</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>行驶中</translation>
    </message>
    <message>
        <source>looking</source>
        <translation>检测中</translation>
    </message>
    <message>
        <source>not on a mission</source>
        <translation>未执行任务</translation>
    </message>
    <message>
        <source>stopped by an obstacle</source>
        <translation>遇障停车</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>无应答</translation>
    </message>
    <message>
        <source>place not known</source>
        <translation>位置未知</translation>
    </message>
    <message>
        <source>outside the station</source>
        <translation>位于站外</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>REPLAY</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>flow</source>
        <translation>流量</translation>
    </message>
    <message>
        <source>head</source>
        <translation>扬程</translation>
    </message>
    <message>
        <source>power</source>
        <translation>功率</translation>
    </message>
    <message>
        <source>speed</source>
        <translation>转速</translation>
    </message>
    <message>
        <source>NPSH margin</source>
        <translation>汽蚀余量裕度</translation>
    </message>
    <message>
        <source>limit high-high</source>
        <translation>高高限</translation>
    </message>
    <message>
        <source>limit high</source>
        <translation>高限</translation>
    </message>
    <message>
        <source>limit low</source>
        <translation>低限</translation>
    </message>
    <message>
        <source>limit low-low</source>
        <translation>低低限</translation>
    </message>
    <message>
        <source>alarms when</source>
        <translation>报警条件</translation>
    </message>
    <message>
        <source>limit of rise</source>
        <translation>上升速率限值</translation>
    </message>
    <message>
        <source>limit of fall</source>
        <translation>下降速率限值</translation>
    </message>
    <message>
        <source>time of the frames</source>
        <translation>数据时间</translation>
    </message>
    <message>
        <source>values standing still</source>
        <translation>数值停滞</translation>
    </message>
    <message>
        <source>scale of the values</source>
        <translation>数值量级</translation>
    </message>
    <message>
        <source>efficiency</source>
        <translation>效率</translation>
    </message>
    <message>
        <source>branch loss</source>
        <translation>支路压损</translation>
    </message>
    <message>
        <source>suction loss</source>
        <translation>吸入压损</translation>
    </message>
    <message>
        <source>flow balance</source>
        <translation>流量平衡</translation>
    </message>
    <message>
        <source>speed tracking</source>
        <translation>转速跟踪</translation>
    </message>
    <message>
        <source>shaft speed</source>
        <translation>轴转速</translation>
    </message>
    <message>
        <source>suction path</source>
        <translation>吸入管路</translation>
    </message>
    <message>
        <source>drive tracking</source>
        <translation>变频跟踪</translation>
    </message>
    <message>
        <source>feeder power</source>
        <translation>馈线功率</translation>
    </message>
    <message>
        <source>backflow</source>
        <translation>倒流</translation>
    </message>
    <message>
        <source>vibration</source>
        <translation>振动</translation>
    </message>
    <message>
        <source>acceleration envelope</source>
        <translation>加速度包络</translation>
    </message>
    <message>
        <source>header pressure</source>
        <translation>母管压力</translation>
    </message>
    <message>
        <source>header flow</source>
        <translation>母管流量</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>noise of the signal</source>
        <translation>信号噪声</translation>
    </message>
    <message>
        <source>flow for its speed</source>
        <translation>流量（按转速）</translation>
    </message>
    <message>
        <source>pressure wave on the line</source>
        <translation>管线压力波</translation>
    </message>
    <message>
        <source>make-up flow</source>
        <translation>补水流量</translation>
    </message>
    <message>
        <source>unlike what was learned</source>
        <translation>偏离学习状态</translation>
    </message>
    <message>
        <source>pH</source>
        <translation>pH 值</translation>
    </message>
    <message>
        <source>conductivity</source>
        <translation>电导率</translation>
    </message>
    <message>
        <source>dissolved oxygen</source>
        <translation>溶解氧</translation>
    </message>
    <message>
        <source>turbidity</source>
        <translation>浊度</translation>
    </message>
    <message>
        <source>hardness</source>
        <translation>硬度</translation>
    </message>
    <message>
        <source>iron</source>
        <translation>铁</translation>
    </message>
    <message>
        <source>chloride</source>
        <translation>氯离子</translation>
    </message>
    <message>
        <source>leak switch, drive-end seal</source>
        <translation>驱动端机封泄漏开关</translation>
    </message>
    <message>
        <source>leak switch, non-drive-end seal</source>
        <translation>非驱动端机封泄漏开关</translation>
    </message>
    <message>
        <source>flush flow of the seals</source>
        <translation>机封冲洗流量</translation>
    </message>
    <message>
        <source>chamber temperature, drive-end seal</source>
        <translation>驱动端机封腔温度</translation>
    </message>
    <message>
        <source>chamber temperature, non-drive-end seal</source>
        <translation>非驱动端机封腔温度</translation>
    </message>
    <message>
        <source>leak detection wire</source>
        <translation>泄漏监测线</translation>
    </message>
    <message>
        <source>water in the line chamber</source>
        <translation>阀室积水</translation>
    </message>
    <message>
        <source>flood switch 1</source>
        <translation>水浸开关 1</translation>
    </message>
    <message>
        <source>flood switch 2</source>
        <translation>水浸开关 2</translation>
    </message>
    <message>
        <source>smoke detector 1</source>
        <translation>感烟探测器 1</translation>
    </message>
    <message>
        <source>smoke detector 2</source>
        <translation>感烟探测器 2</translation>
    </message>
    <message>
        <source>door open</source>
        <translation>门打开</translation>
    </message>
    <message>
        <source>access control</source>
        <translation>门禁</translation>
    </message>
    <message>
        <source>× usual</source>
        <translation>倍于平时</translation>
    </message>
    <message>
        <source>× threshold</source>
        <translation>倍于阈值</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>无测量</translation>
    </message>
    <message>
        <source>pump stopped</source>
        <translation>泵停止</translation>
    </message>
    <message>
        <source>pump running</source>
        <translation>泵运行</translation>
    </message>
    <message>
        <source>starting or stopping</source>
        <translation>启停过程中</translation>
    </message>
    <message>
        <source>speed changing</source>
        <translation>变速中</translation>
    </message>
    <message>
        <source>drive ramping</source>
        <translation>变频升降中</translation>
    </message>
    <message>
        <source>outside the curve</source>
        <translation>超出特性曲线</translation>
    </message>
    <message>
        <source>hardly any flow</source>
        <translation>几乎无流量</translation>
    </message>
    <message>
        <source>still learning</source>
        <translation>学习中</translation>
    </message>
    <message>
        <source>used up by a replaced reading</source>
        <translation>已用于推算被替代的测量值</translation>
    </message>
    <message>
        <source>cavitation</source>
        <translation>汽蚀</translation>
    </message>
    <message>
        <source>low flow</source>
        <translation>低流量</translation>
    </message>
    <message>
        <source>impeller wear</source>
        <translation>叶轮磨损</translation>
    </message>
    <message>
        <source>wear-ring clearance</source>
        <translation>口环间隙过大</translation>
    </message>
    <message>
        <source>broken blade</source>
        <translation>叶片断裂</translation>
    </message>
    <message>
        <source>misalignment</source>
        <translation>不对中</translation>
    </message>
    <message>
        <source>drive-end bearing failing</source>
        <translation>驱动端轴承故障</translation>
    </message>
    <message>
        <source>non-drive-end bearing failing</source>
        <translation>非驱动端轴承故障</translation>
    </message>
    <message>
        <source>water quality abnormal</source>
        <translation>水质异常</translation>
    </message>
    <message>
        <source>combustible gas</source>
        <translation>可燃气体</translation>
    </message>
    <message>
        <source>seal leak</source>
        <translation>机封泄漏</translation>
    </message>
    <message>
        <source>strainer clogging</source>
        <translation>滤网堵塞</translation>
    </message>
    <message>
        <source>gas ingress</source>
        <translation>进气</translation>
    </message>
    <message>
        <source>check valve stuck open</source>
        <translation>止回阀卡开</translation>
    </message>
    <message>
        <source>check valve stuck closed</source>
        <translation>止回阀卡关</translation>
    </message>
    <message>
        <source>discharge valve partly closed</source>
        <translation>出口阀未全开</translation>
    </message>
    <message>
        <source>drive derated</source>
        <translation>变频降容</translation>
    </message>
    <message>
        <source>drive trip</source>
        <translation>变频跳闸</translation>
    </message>
    <message>
        <source>phase imbalance</source>
        <translation>三相不平衡</translation>
    </message>
    <message>
        <source>winding overheating</source>
        <translation>绕组过热</translation>
    </message>
    <message>
        <source>line leak</source>
        <translation>管线泄漏</translation>
    </message>
    <message>
        <source>line rupture</source>
        <translation>管线爆管</translation>
    </message>
    <message>
        <source>trip upstream</source>
        <translation>上游站跳闸</translation>
    </message>
    <message>
        <source>trip downstream</source>
        <translation>下游站跳闸</translation>
    </message>
    <message>
        <source>sensor bias</source>
        <translation>传感器偏差</translation>
    </message>
    <message>
        <source>sensor drift</source>
        <translation>传感器漂移</translation>
    </message>
    <message>
        <source>sensor stuck</source>
        <translation>传感器卡死</translation>
    </message>
    <message>
        <source>sensor dropout</source>
        <translation>传感器掉线</translation>
    </message>
    <message>
        <source>sensor noise</source>
        <translation>传感器噪声</translation>
    </message>
    <message>
        <source>loss of make-up</source>
        <translation>补水中断</translation>
    </message>
    <message>
        <source>transformer overtemperature</source>
        <translation>变压器超温</translation>
    </message>
    <message>
        <source>flood</source>
        <translation>水淹</translation>
    </message>
    <message>
        <source>fire</source>
        <translation>火警</translation>
    </message>
    <message>
        <source>intrusion</source>
        <translation>入侵</translation>
    </message>
    <message>
        <source>unknown cause</source>
        <translation>原因不明</translation>
    </message>
    <message>
        <source>many values missing</source>
        <translation>大量测点缺失</translation>
    </message>
    <message>
        <source>all values standing still</source>
        <translation>全部数值停滞</translation>
    </message>
    <message>
        <source>times out of order</source>
        <translation>数据时间错乱</translation>
    </message>
    <message>
        <source>many values on a wrong scale</source>
        <translation>大量数值量级错误</translation>
    </message>
    <message>
        <source>Arm the standby</source>
        <translation>准备投入备用泵</translation>
    </message>
    <message>
        <source>Send the robot</source>
        <translation>派出机器人</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>Anomalies</source>
        <translation>异常</translation>
    </message>
    <message>
        <source>Operations</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>批注</translation>
    </message>
    <message>
        <source>Data trouble</source>
        <translation>数据问题</translation>
    </message>
    <message>
        <source>Truth</source>
        <translation>真实故障</translation>
    </message>
</context>
</TS>
